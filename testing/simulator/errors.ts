/** An answer of the API that isn't a success: its status, and the message of its envelope. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The API's envelope, in the order of the live one: the message stands before the code. */
export function errorBody(status: number, message: string, userId?: string): object {
  return { error: { message, code: status }, ...(userId !== undefined && { user_id: userId }) };
}

/** The body of an error of `/oauth/token` (RFC 6749). */
export function oauthErrorBody(error: string, description: string): object {
  return { error, error_description: description };
}

/** The same of a failure that is not the request's fault. */
export function oauthFailure(status: number, message: string): object {
  return oauthErrorBody(status < 500 && status !== 429 ? "invalid_request" : "temporarily_unavailable", message);
}

export const badRequest = (message: string) => new ApiError(400, message);
export const notFound = (message = "Resource not found") => new ApiError(404, message);
export const forbidden = (message: string) => new ApiError(403, message);
export const conflict = (message: string) => new ApiError(409, message);
