"""Prints the routes that SAM reads from a template, by SAM's own classes, which `sam local start-api` uses as well.

Each route is an object with its methods, its path and the logical id of its function. Docker is not needed.
"""

import json
import sys

from samcli.lib.providers.api_provider import ApiProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider

stacks, _ = SamLocalStackProvider.get_stacks(sys.argv[1])
routes = [
    {"methods": route.methods, "path": route.path, "function": route.function_name}
    for route in ApiProvider(stacks).api.routes
]
json.dump(routes, sys.stdout)
