/**
 * An address of the API that clients elsewhere use: http or https, ending in /v1, at most 200 characters. It stands in credentials, and
 * between quotes in what the badge contract says, so it holds nothing that JSON would have to escape.
 */
export const PUBLIC_URL = /^(?=.{1,200}$)https?:\/\/([a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(\/[a-zA-Z0-9._~%@:+-]+)*\/v1$/;

export const PUBLIC_URL_FORM = "an http or https URL that ends in /v1, such as https://badges.example/v1 (at most 200 characters)";
