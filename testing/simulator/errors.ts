/** An error response of the API: its status and the message in its envelope. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The API's error envelope, in the field order of live responses. */
export function errorBody(status: number, message: string): object {
  return { error: { message, code: status } };
}

/** An error body of `/oauth/token` (RFC 6749). */
export function oauthErrorBody(error: string, description: string): object {
  return { error, error_description: description };
}

/** An error body of `/oauth/token` for a status. */
export function oauthStatusBody(status: number, message: string): object {
  return oauthErrorBody(status < 500 && status !== 429 ? "invalid_request" : "temporarily_unavailable", message);
}

export const badRequest = (message: string) => new ApiError(400, message);
export const notFound = (message: string) => new ApiError(404, message);
export const forbidden = (message: string) => new ApiError(403, message);
export const conflict = (message: string) => new ApiError(409, message);
