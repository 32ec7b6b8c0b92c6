/// Says what key a DER text holds, by the algorithm that it names (RFC 5958, RFC 5280 section 4.1.2.7).
///
/// The cryptographic library reads such texts without a look at the algorithm, and would take the 32 bytes of an X25519
/// or secp256k1 key for those of another one.
enum TokenKeyDER {
    /// A private Ed25519 key (RFC 8410 section 7): its seed, and the public key if that is there.
    case ed25519(seed: [UInt8], publicKey: [UInt8]?)
    /// The 32 bytes of a public Ed25519 key (RFC 8410 section 4).
    case ed25519Public([UInt8])
    /// A private P-256 key in PKCS#8. The library reads the rest.
    case p256
    /// A public P-256 key, uncompressed. The library reads the rest.
    case p256Public

    /// `AlgorithmIdentifier` of Ed25519.
    private static let ed25519ID: [UInt8] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70]
    /// `AlgorithmIdentifier` of an elliptic curve key on P-256.
    private static let p256ID: [UInt8] = [
        0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
        0x03, 0x01, 0x07,
    ]
    /// More than any of these keys takes.
    private static let bytesMax = 256

    /// The key of a text; nil if it is none that is used here.
    init?(_ der: [UInt8]) {
        guard der.count <= Self.bytesMax, let content = Self.content(of: der) else { return nil }
        if let rest = Self.rest(content, after: Self.ed25519ID + [0x03, 0x21, 0x00]) {
            guard rest.count == 32 else { return nil }
            self = .ed25519Public(Array(rest))
        } else if let rest = Self.rest(content, after: Self.p256ID + [0x03, 0x42, 0x00, 0x04]) {
            guard rest.count == 64 else { return nil }
            self = .p256Public
        } else if let key = Self.rest(content, after: [0x02, 0x01, 0x00]) {
            if Self.rest(key, after: Self.p256ID) != nil {
                self = .p256
            } else {
                guard let seed = Self.seed(key), seed.count == 32 else { return nil }
                self = .ed25519(seed: Array(seed), publicKey: nil)
            }
        } else if let key = Self.rest(content, after: [0x02, 0x01, 0x01]), let parts = Self.seed(key) {
            // Version 2 has the public key at its end.
            guard let point = Self.rest(parts.dropFirst(32), after: [0x81, 0x21, 0x00]), point.count == 32 else {
                return nil
            }
            self = .ed25519(seed: Array(parts.prefix(32)), publicKey: Array(point))
        } else {
            return nil
        }
    }

    private static func seed(_ key: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        rest(key, after: ed25519ID + [0x04, 0x22, 0x04, 0x20])
    }

    /// The content of the one sequence that the text is; nil if its length is not that of the text.
    private static func content(of der: [UInt8]) -> ArraySlice<UInt8>? {
        guard der.count > 3, der[0] == 0x30 else { return nil }
        let content = der[1] == 0x81 ? der[3...] : der[2...]
        let length = der[1] == 0x81 ? der[2] : der[1]
        // A length below 128 takes one byte (X.690 section 10.1).
        guard (der[1] == 0x81) == (length >= 0x80), content.count == Int(length) else { return nil }
        return content
    }

    private static func rest(_ bytes: ArraySlice<UInt8>, after prefix: [UInt8]) -> ArraySlice<UInt8>? {
        bytes.starts(with: prefix) ? bytes.dropFirst(prefix.count) : nil
    }
}
