// Change these two lines. They are public: everybody who opens the page can read them.

/** The address of Frontdesk. In AWS it is the output `ApiUrl`. */
export const url = "http://localhost:3000";

/** The practice's `websiteAddress`. `?portal=…` in the page's address chooses another portal. */
export const org = "riverside";
