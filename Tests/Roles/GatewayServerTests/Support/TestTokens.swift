import Access
import Crypto
import Foundation
import Gateway
import NIOConcurrencyHelpers
import NIOCore
import Signing

/// Real tokens, with keys and a clock that tests change.
final class TestTokens: Sendable {
    private struct State {
        var now = TestGateway.now
        var clockReads = 0
        var generation: UInt64 = 1
        var verifiers: TokenVerifiers?
        var unknownKeys = 0
        var arrival: (id: String, check: Int)?
    }

    /// Tokens of keys that are in force from the start; they end a minute after the clock's start.
    static let (good, another) = (token("k1"), token("k2"))
    /// A token that a key did not sign.
    static let bad = token("k1", secret: secret("k2"))
    /// A token whose key is not in force at the start.
    static let unknown = token("k3")

    private let keys: [String: TokenKey]
    private let first: [String]
    private let state = NIOLockedValueBox(State())

    /// - Parameter first: the ids of the keys that are in force at the start; if there are none, no token can be
    ///   checked.
    init(first: [String] = ["k1", "k2"]) async throws {
        var keys: [String: TokenKey] = [:]
        for id in ["k1", "k2", "k3"] { keys[id] = try await TokenKey.hs256(secret: Self.secret(id), id: id) }
        self.keys = keys
        self.first = first
    }

    /// Returns the verifiers that a gateway gets, for some event loops.
    func verifiers(_ group: any EventLoopGroup) -> TokenVerifiers {
        let verifiers = TokenVerifiers(
            verifier: verifier(first, generation: 1), group: group, now: { [self] in readClock() },
            onUnknownKey: { [self] in noteUnknownKey() })
        state.withLockedValue { $0.verifiers = verifiers }
        return verifiers
    }

    /// Puts other keys in force.
    func replaceKeys(_ ids: [String]) {
        let (verifiers, generation) = state.withLockedValue { state in
            state.generation += 1
            return (state.verifiers, state.generation)
        }
        verifiers?.replace(verifier(ids, generation: generation))
    }

    /// Lets a key come in time for check `number`, from 2, of those that find an unknown key.
    func letKeyArrive(_ id: String, forCheck number: Int) { state.withLockedValue { $0.arrival = (id, number) } }

    func advanceClock(milliseconds: Int64) { state.withLockedValue { $0.now += milliseconds } }

    /// The number of times that a token named an unknown key.
    var unknownKeys: Int { state.withLockedValue { $0.unknownKeys } }

    /// The number of times that the clock was read; each check of a token reads it.
    var clockReads: Int { state.withLockedValue { $0.clockReads } }

    /// A token that ends a minute after the clock's start.
    ///
    /// - Parameters:
    ///   - id: the key that it names.
    ///   - scope: the claim; left out if nil.
    ///   - user: the claim `sub`.
    static func token(_ id: String, secret: [UInt8]? = nil, scope: String? = nil, user: String = "u1") -> String {
        let header = #"{"alg":"HS256","typ":"JWT","kid":"\#(id)"}"#
        let more = scope.map { #","scope":"\#($0)""# } ?? ""
        let claims = #"{"sub":"\#(user)","exp":\#(TestGateway.now / 1000 + 60)\#(more)}"#
        let signed = "\(encoded(header.utf8)).\(encoded(claims.utf8))"
        let key = SymmetricKey(data: secret ?? Self.secret(id))
        let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: key)
        return "\(signed).\(encoded(code))"
    }

    private static func secret(_ id: String) -> [UInt8] { Array("\(id), a secret of the tests with 32 bytes".utf8) }

    private static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private func verifier(_ ids: [String], generation: UInt64) -> TokenVerifier? {
        try? TokenVerifier(keys: ids.compactMap { keys[$0] }, generation: generation)
    }

    private func readClock() -> Int64 {
        state.withLockedValue { state in
            state.clockReads += 1
            return state.now
        }
    }

    private func noteUnknownKey() {
        let arrived: String? = state.withLockedValue { state in
            state.unknownKeys += 1
            guard let arrival = state.arrival, state.unknownKeys + 1 == arrival.check else { return nil }
            return arrival.id
        }
        if let arrived { replaceKeys(first + [arrived]) }
    }
}
