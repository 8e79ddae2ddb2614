/** A control token: 16 to 200 visible ASCII characters, as an Authorization header can carry them. */
export const CONTROL_TOKEN = /^[!-~]{16,200}$/;

export const CONTROL_TOKEN_FORM = "16 to 200 visible ASCII characters";
