import NIOCore
import StrictJSON

extension HandshakeRefusal {
    /// Adds the code and the sentence of an error body, if it is one: `{"status":"error","code":…,"message":…}`.
    mutating func read(_ body: ByteBuffer) {
        let members = body.withUnsafeReadableBytes { bytes in try? JSONValue(bytes) }
        // The body may be a proxy's page instead: only a short text is kept, and nothing depends on it.
        code = members?["code"]?.string.map { String($0.prefix(64)) }
        message = members?["message"]?.string.map { String($0.prefix(256)) }
    }
}
