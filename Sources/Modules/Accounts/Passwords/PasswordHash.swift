import Basics
import Crypto
import CryptoExtras
import Foundation

/// A hash of a password by scrypt, as it is stored: `$scrypt$ln=17,r=8,p=1$<salt>$<hash>` (PHC string format), salt and
/// hash in base64 without padding.
package struct PasswordHash: Sendable {
    /// The cost.
    package let parameters: ScryptParameters
    private let salt: [UInt8]
    private let key: [UInt8]

    private static let saltBytes = 16
    private static let keyBytes = 32
    private static let prefix = "$scrypt$"

    /// Hashes a password. Takes long, and as much memory as the parameters say.
    static func make(_ password: String, _ parameters: ScryptParameters) throws -> PasswordHash {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<saltBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return PasswordHash(
            parameters: parameters, salt: salt, key: try derive(password, salt: salt, parameters: parameters))
    }

    private init(parameters: ScryptParameters, salt: [UInt8], key: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.key = key
    }

    /// Reads a stored hash; nil unless it is exactly the text that ``text`` gives.
    package init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard text.utf8.count <= 128, parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        let numbers = parts[2].split(separator: ",", omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers[0].hasPrefix("ln="), numbers[1].hasPrefix("r="), numbers[2].hasPrefix("p="),
            let logN = Int(numbers[0].dropFirst(3)), let blockSize = Int(numbers[1].dropFirst(2)),
            let parallelism = Int(numbers[2].dropFirst(2)),
            let parameters = ScryptParameters(logN: logN, blockSize: blockSize, parallelism: parallelism),
            let salt = Self.decoded(parts[3]), salt.count == Self.saltBytes,
            let key = Self.decoded(parts[4]), key.count == Self.keyBytes
        else { return nil }
        self.init(parameters: parameters, salt: salt, key: key)
        guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
    }

    /// The PHC string.
    package var text: String {
        "\(Self.prefix)ln=\(parameters.logN),r=\(parameters.blockSize),p=\(parameters.parallelism)"
            + "$\(Self.encoded(salt))$\(Self.encoded(key))"
    }

    /// Whether a password is the one that was hashed. Takes as long as the hash took, whatever the answer is.
    func matches(_ password: String) throws -> Bool {
        let other = try Self.derive(password, salt: salt, parameters: parameters)
        // In constant time: every byte is looked at.
        return zip(key, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0 && key.count == other.count
    }

    private static func derive(
        _ password: String, salt: [UInt8], parameters: ScryptParameters
    ) throws -> [UInt8] {
        // The library does not take an empty password. Nobody has one, nor the one that takes its place.
        let bytes = password.isEmpty ? [0] : Array(PasswordForm.normalized(password).utf8)
        let key = try KDF.Scrypt.deriveKey(
            from: bytes, salt: salt, outputByteCount: keyBytes,
            rounds: parameters.rounds, blockSize: parameters.blockSize, parallelism: parameters.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }

    private static func encoded(_ bytes: [UInt8]) -> String {
        String(bytes.withUnsafeBytes { Base64.encode($0) }.prefix { $0 != "=" })
    }

    private static func decoded(_ text: Substring) -> [UInt8]? {
        var text = text
        return text.withUTF8 { Base64.decodeAny(UnsafeRawBufferPointer($0)) }
    }
}

extension PasswordHash: CustomStringConvertible, CustomReflectable {
    /// The cost alone: the hash is nobody's business.
    package var description: String { "scrypt, \(parameters.bytes) bytes" }
    /// No members.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
