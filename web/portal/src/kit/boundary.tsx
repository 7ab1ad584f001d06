import { Component, type ReactNode } from "react";
import { NotLoaded } from "../pages/not-loaded.tsx";

/** The pages, and where the reader is. */
export interface BoundaryProps {
  readonly path: string;
  readonly children: ReactNode;
}

/**
 * Shows a sentence in place of a page that cannot be shown, such as one of which a file could not be loaded. The frame stays,
 * and the next page is tried again.
 */
export class Boundary extends Component<BoundaryProps, { readonly isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError = () => ({ isBroken: true });

  override componentDidUpdate({ path }: BoundaryProps): void {
    if (this.state.isBroken && path !== this.props.path) this.setState({ isBroken: false });
  }

  override render(): ReactNode {
    return this.state.isBroken ? <NotLoaded /> : this.props.children;
  }
}
