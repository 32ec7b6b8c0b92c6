import StrictJSON

/// What all calls of sessions have in common.
enum SessionCalls {
    /// An object as JSON.
    static func body(_ members: (inout JSONWriter<[UInt8]>) -> Void) -> [UInt8] {
        var json = JSONWriter(to: [UInt8]())
        json.beginObject()
        members(&json)
        json.endObject()
        return json.sink
    }

    /// Sends a request that is well formed. Every failure but cancellation is a `SessionError`.
    static func exchange(
        _ request: SessionRequest, over transport: any SessionTransport
    ) async throws -> SessionResponse {
        guard request.isWellFormed else {
            throw SessionError(.invalidConfiguration, "the method, path or token of the request is malformed")
        }
        do {
            return try await transport.send(request)
        } catch let error as SessionError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw SessionError(.unavailable, "the server cannot be reached: \(error)")
        }
    }

    /// The tokens of an answer that has some.
    ///
    /// - Throws: `refused` or `unavailable` for another status, `unavailable` for an answer without usable tokens.
    static func tokens(in response: SessionResponse, askedAt: Int64) throws(SessionError) -> SessionTokens {
        guard response.isSuccess else { throw SessionError(response) }
        guard let tokens = SessionTokens(response.json, askedAt: askedAt) else {
            throw SessionError(.unavailable, "the server's answer has no usable tokens", status: response.status)
        }
        return tokens
    }
}
