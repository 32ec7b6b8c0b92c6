import Crypto
import Foundation
import Keys
import Signing
import Synchronization

/// An Ed25519 key pair of an identity provider.
struct SigningKey: Sendable {
    let id: String
    private let key = Curve25519.Signing.PrivateKey()

    init(_ id: String) { self.id = id }

    /// The public half, as an entry of a key set.
    var entry: String {
        #"{"kty":"OKP","crv":"Ed25519","kid":"\#(id)","x":"\#(Self.base64URL(key.publicKey.rawRepresentation))"}"#
    }

    /// A token for `u1` that ends in the year 2099.
    func token() throws -> String {
        let header = Self.base64URL(Data(#"{"alg":"EdDSA","kid":"\#(id)"}"#.utf8))
        let signed = "\(header).\(Self.base64URL(Data(#"{"sub":"u1","exp":4070908800}"#.utf8)))"
        return "\(signed).\(Self.base64URL(try key.signature(for: Data(signed.utf8))))"
    }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// Returns the document of a key set with these keys.
func keySetDocument(_ keys: SigningKey...) -> String {
    #"{"keys":[\#(keys.map(\.entry).joined(separator: ","))]}"#
}

/// The time of these tests, in milliseconds since 1970.
let now: Int64 = 1_790_000_000_000

extension TokenVerifier {
    /// Returns why a token is refused, or nil if it is accepted.
    func refusal(_ token: String) -> TokenError? {
        do throws(TokenError) {
            _ = try verify(token, now: now)
            return nil
        } catch { return error }
    }
}

/// A source of key sets whose answers a test sets.
final class ScriptedReader: KeySetReader {
    private let state: Mutex<(answer: Result<String, KeySetUnreachable>, reads: Int)>

    init(_ document: String) { state = Mutex((.success(document), 0)) }

    /// The number of reads.
    var reads: Int { state.withLock { $0.reads } }

    func set(_ document: String) { state.withLock { $0.answer = .success(document) } }
    func fail() { state.withLock { $0.answer = .failure(KeySetUnreachable("It is away.")) } }

    func read() async throws(KeySetUnreachable) -> [UInt8] {
        let answer = state.withLock { state in
            state.reads += 1
            return state.answer
        }
        return Array(try answer.get().utf8)
    }
}
