import HTTPKit

extension APIError {
    /// Too many attempts; the next one is looked at after the wait. Who else tries is not told, so no policy is.
    static func attemptLimited(waitMilliseconds wait: Int64) -> APIError {
        var error = APIError.rateLimited(retryAfterMilliseconds: wait, policy: nil)
        error.message = "Too many attempts. Try again later."
        return error
    }
}
