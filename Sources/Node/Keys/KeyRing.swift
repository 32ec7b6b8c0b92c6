import Settings
import Signing
import Synchronization

/// The keys that this node checks tokens and action ids with, and the followers that get new ones.
///
/// Keys are replaced as a whole, and every set of token keys has its own generation: when a key is removed, its tokens
/// end at once, those in caches too.
public final class KeyRing: Sendable {
    /// The keys that are made from configured secrets.
    public struct Secrets: Sendable {
        package let token: TokenKey?
        package let actions: ActionKeys?

        /// Prepares the keys of a configuration.
        ///
        /// - Throws: `TokenKeyError` or `ActionKeysError`; neither shows a key.
        public init(_ configuration: NodeConfiguration) async throws {
            if let secret = configuration.jwtSecret {
                token = try await TokenKey.hs256(secret: Array(secret.reveal().utf8))
            } else {
                token = nil
            }
            let keys = configuration.actionKeys.map { (id: $0.id, key: $0.key.reveal()) }
            actions = keys.isEmpty ? nil : try ActionKeys(keys)
        }
    }

    /// How tokens and action ids are checked, apart from the keys. Fixed for the life of the node.
    private struct Rules {
        package let issuer: String?
        let audience: String?
        package let actionMaxAge: Duration
        package let actionSkew: Duration

        package func tokens(_ keys: [TokenKey], generation: UInt64) throws(TokenKeyError) -> TokenVerifier? {
            guard !keys.isEmpty else { return nil }
            return try TokenVerifier(keys: keys, issuer: issuer, audience: audience, generation: generation)
        }

        package func actionIDs(_ keys: ActionKeys?) -> ActionIDVerifier? {
            keys.map { ActionIDVerifier(keys: $0, maxAge: actionMaxAge, skew: actionSkew) }
        }
    }

    private struct State {
        package var secret: TokenKey?
        package var keySet: [TokenKey] = []
        package var generation: UInt64 = 0
        package var tokens: TokenVerifier?
        package var actionIDs: ActionIDVerifier?
        var tokenFollowers: [@Sendable (TokenVerifier?) -> Void] = []
        var actionFollowers: [@Sendable (ActionIDVerifier?) -> Void] = []

        var tokenKeys: [TokenKey] { (secret.map { [$0] } ?? []) + keySet }
    }

    private let rules: Rules
    private let state: Mutex<State>

    /// The keys of a configuration; those of a key set come when it is loaded.
    ///
    /// - Throws: `TokenKeyError` or `ActionKeysError`.
    public init(_ configuration: NodeConfiguration) async throws {
        rules = Rules(
            issuer: configuration.jwtIssuer, audience: configuration.jwtAudience,
            actionMaxAge: configuration.actionMaxAge, actionSkew: configuration.actionSkew)
        let secrets = try await Secrets(configuration)
        var state = State(secret: secrets.token)
        state.tokens = try rules.tokens(state.tokenKeys, generation: state.generation)
        state.actionIDs = rules.actionIDs(secrets.actions)
        self.state = Mutex(state)
    }

    /// Checks tokens with the keys of this moment; nil while there is no key, as before a key set was first loaded.
    public var tokens: TokenVerifier? { state.withLock { $0.tokens } }

    /// Signs tokens with the secret of this moment; nil if there is none.
    public var tokenIssuer: TokenIssuer? { state.withLock { $0.secret.map { TokenIssuer(key: $0) } } }

    /// Checks action ids with the keys of this moment; nil if none are configured.
    public var actionIDs: ActionIDVerifier? { state.withLock { $0.actionIDs } }

    /// Calls `follower` with the verifier of this moment, and with each one that takes its place, in order.
    ///
    /// - Parameter follower: hands the verifier on and returns at once. It must not call this object.
    public func followTokens(_ follower: @escaping @Sendable (TokenVerifier?) -> Void) {
        // Under the lock, here and below: so no follower gets two verifiers in the wrong order.
        state.withLock { state in
            state.tokenFollowers.append(follower)
            follower(state.tokens)
        }
    }

    /// The same for action ids.
    public func followActionIDs(_ follower: @escaping @Sendable (ActionIDVerifier?) -> Void) {
        state.withLock { state in
            state.actionFollowers.append(follower)
            follower(state.actionIDs)
        }
    }

    /// Puts another key set in force; the secrets stay.
    ///
    /// - Throws: `TokenKeyError.tooManyKeys`; the keys in force stay.
    public func replace(keySet: KeySet) throws(TokenKeyError) {
        try replace { $0.keySet = keySet.keys }
    }

    /// Puts other secrets in force; the key set stays.
    ///
    /// - Throws: `TokenKeyError.tooManyKeys`; the keys in force stay.
    public func replace(secrets: Secrets) throws(TokenKeyError) {
        try replace { state in
            state.secret = secrets.token
            state.actionIDs = rules.actionIDs(secrets.actions)
        }
    }

    private func replace(_ change: (inout State) -> Void) throws(TokenKeyError) {
        try state.withLock { state throws(TokenKeyError) in
            var changed = state
            change(&changed)
            changed.generation += 1
            changed.tokens = try rules.tokens(changed.tokenKeys, generation: changed.generation)
            state = changed
            for follower in state.tokenFollowers { follower(state.tokens) }
            for follower in state.actionFollowers { follower(state.actionIDs) }
        }
    }
}
