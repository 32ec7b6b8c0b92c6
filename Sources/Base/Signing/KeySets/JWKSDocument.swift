import StrictJSON

/// The public keys of the deployment's own tokens as a JSON Web Key Set (RFC 7517 section 5), for whoever wants to
/// check them. Empty if tokens are only signed with a secret.
public struct JWKSDocument: Equatable, Sendable {
    /// The document.
    public let json: [UInt8]

    /// The public halves of these keys, in their order.
    public init(_ keys: [OwnTokenKey]) {
        var writer = JSONWriter(to: [UInt8]())
        writer.beginObject()
        writer.key("keys")
        writer.beginArray()
        for key in keys {
            writer.beginObject()
            for (name, value) in key.publicMembers + [("kid", key.id), ("alg", key.algorithm), ("use", "sig")] {
                writer.key(escaping: name)
                writer.string(value)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        json = writer.sink
    }
}
