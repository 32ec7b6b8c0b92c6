import Basics
import Crypto
import Signing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How much a test does: `SCORECAST_FULL=1` asks for all of it.
enum Scale {
    static let isFull = ProcessInfo.processInfo.environment["SCORECAST_FULL"] == "1"

    static func rounds(_ usual: Int, full: Int) -> Int { isFull ? full : usual }
}

/// The moment that the tests take as now, in milliseconds since 1970.
let now: Int64 = 1_790_000_000_000

/// A secret for HS256, and a key of it.
let secret = Array("an HS256 secret of the tests, 32+ bytes".utf8)

func hs256(_ secret: [UInt8] = secret, id: String? = nil) async throws -> TokenKey {
    try await TokenKey.hs256(secret: secret, id: id)
}

/// Unpadded base64url, made apart from the code under test.
func base64URL(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}

/// The bytes of unpadded base64url, decoded apart from the code under test; none if it is malformed.
func bytes(_ base64URL: String) -> [UInt8] {
    let text = base64URL.replacing("-", with: "+").replacing("_", with: "/")
    return Array(Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4)) ?? Data())
}

/// A token with this header and these claims, whatever they are, signed with HMAC-SHA256 apart from the code under
/// test.
func forge(
    header: String = #"{"alg":"HS256","typ":"JWT"}"#,
    claims: String = #"{"sub":"u1","exp":1790000600}"#,
    secret: [UInt8] = secret
) -> String {
    let signed = "\(base64URL(header.utf8)).\(base64URL(claims.utf8))"
    let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: SymmetricKey(data: secret))
    return "\(signed).\(base64URL(code))"
}

/// The error that a closure throws; nil if it does not.
func thrown<Failure: Error>(_ body: () throws(Failure) -> some Any) -> Failure? {
    do throws(Failure) {
        _ = try body()
        return nil
    } catch { return error }
}

/// One seeded change of a text: a flipped bit, a cut, a byte more or less, or two bytes exchanged.
func mutated(_ bytes: [UInt8], using generator: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: bytes.removeSubrange(place...)
    case 3: bytes.remove(at: place)
    case 4: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
    default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &generator))
    }
    return bytes
}
