import NIOCore
import StrictJSON

extension HandshakeRefusal {
    /// Adds the code and the sentence of an error body, if it is one: `{"status":"error","code":…,"message":…}`.
    mutating func read(_ body: ByteBuffer) {
        let members = body.withUnsafeReadableBytes { bytes in try? JSONValue(bytes) }
        // A proxy's page can stand here instead: what is kept is short, and never acted on.
        code = members?["code"]?.string.map { String($0.prefix(64)) }
        message = members?["message"]?.string.map { String($0.prefix(256)) }
    }
}
