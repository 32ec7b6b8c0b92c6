import Signing
import Testing

/// Whose token it is: the key says so, and nothing that the token says of itself.
@Suite struct TokenOriginTests {
    private static let session = "AAECAwQFBgcICQoLDA0ODw"
    private static let foreignIssuer = "https://id.example"

    private let ed25519: KeyPair
    private let rsa: KeyPair
    private let own: OwnTokenKey
    /// A key that nobody here knows, by an id that everybody does.
    private let stranger: KeyPair

    init() async throws {
        ed25519 = try await KeyPair.edDSA(id: "t1")
        rsa = try await KeyPair.rs256(id: "t1")
        stranger = try await KeyPair.edDSA(id: "t1")
        own = try OwnKeys.key("t1", OwnKeys.ed25519)
    }

    /// Own keys: the secret, and an Ed25519 key `t1`. Foreign ones: an RSA and another Ed25519 key, both `t1` as well
    /// unless the arguments say otherwise.
    private func verifier(
        name: String? = "idp", foreign: [KeyPair]? = nil, audience: String? = nil, ownIssuer: String? = "scorecast"
    ) async throws -> TokenVerifier {
        var foreignKeys: [TokenKey] = []
        for pair in foreign ?? [rsa, ed25519] { foreignKeys += try await keySet([pair.entry()]).keys }
        return try TokenVerifier(
            keys: [try await own.tokenKey, try await hs256()], foreignKeys: foreignKeys, ownIssuer: ownIssuer,
            issuer: Self.foreignIssuer, audience: audience, foreignName: name)
    }

    private func refusal(_ token: String, _ verifier: TokenVerifier) -> TokenError? {
        thrown { () throws(TokenError) in try verifier.verify(token, now: now) }
    }

    private func claims(_ issuer: String?, sub: String = "u1", more: String = "") -> String {
        let issuer = issuer.map { #","iss":"\#($0)""# } ?? ""
        return #"{"sub":"\#(sub)","exp":1790000600\#(issuer)\#(more)}"#
    }

    private var sid: String { #","sid":"\#(Self.session)""# }

    // MARK: Sessions

    @Test func givesSessionsToTokensOfOurIssuerOnly() async throws {
        let verifier = try await verifier()
        let session = try #require(SessionID(Self.session))
        let ours = forge(claims: claims("scorecast", more: sid))
        #expect(try verifier.verify(ours, now: now).session == session)
        let signed = try TokenIssuer(key: try await own.tokenKey, issuer: "scorecast").sign(
            sub: "u1", issuedAt: now, expiresAt: now + 60_000, session: session)
        #expect(try verifier.verify(signed, now: now).session == session)
        #expect(try verifier.verify(forge(claims: claims("scorecast")), now: now).session == nil)
        // A game's backend has the secret, too, and its sid is a word of its own.
        for more in [sid, #","sid":"a session""#, #","sid":5"#] {
            let claims = try verifier.verify(forge(claims: claims(Self.foreignIssuer, more: more)), now: now)
            #expect(claims.session == nil && claims.subject == "u1")
        }
    }

    @Test func givesNoSessionWithoutAnIssuerOfOurs() async throws {
        let verifier = try await verifier(ownIssuer: nil)
        #expect(refusal(forge(claims: claims("scorecast", more: sid)), verifier) == .wrongIssuer)
        #expect(try verifier.verify(forge(claims: claims(Self.foreignIssuer, more: sid)), now: now).session == nil)
        let open = try TokenVerifier(keys: [try await hs256()])
        #expect(try open.verify(forge(claims: claims("scorecast", more: sid)), now: now).session == nil)
    }

    @Test(arguments: [
        #""""#, #""a""#, "5", "null", "[]", #"["AAECAwQFBgcICQoLDA0ODw"]"#, #""AAECAwQFBgcICQoLDA0OD""#,
        #""AAECAwQFBgcICQoLDA0ODx""#, #""AAECAwQFBgcICQoLDA0ODw==""#, #""AAECAwQFBgcICQoLDA0ODw ""#, "{}", "true",
    ])
    func refusesMalformedSessions(_ sid: String) async throws {
        let token = forge(claims: claims("scorecast", more: #","sid":\#(sid)"#))
        #expect(refusal(token, try await verifier()) == .invalidClaim)
    }

    /// A foreign issuer that calls itself by our name, and names a session and the scopes of one.
    @Test func foreignTokensCannotForgeSessions() async throws {
        for pair in [rsa, ed25519] {
            let open = try TokenVerifier(
                keys: [try await hs256()], foreignKeys: try await keySet([pair.entry()]).keys, ownIssuer: "scorecast",
                foreignName: "idp")
            for sid in [sid, #","sid":"keycloak-session""#, #","sid":null"#] {
                let token = try pair.token(claims: claims("scorecast", more: #"\#(sid),"scope":"boards:read""#))
                let claims = try open.verify(token, now: now)
                #expect(claims.session == nil && claims.subject == "idp:u1" && claims.scopes == Role.player.scopes)
            }
            // With an issuer configured, ours does not pass for it.
            let token = try pair.token(claims: claims("scorecast", more: sid))
            #expect(refusal(token, try await verifier()) == .wrongIssuer)
        }
    }

    @Test func tokensOfOurIssuerNeedOurAudienceButNotTheOtherIssuer() async throws {
        let verifier = try await verifier(audience: "game")
        let good = forge(claims: claims("scorecast", more: #"\#(sid),"aud":["x","game"]"#))
        #expect(try verifier.verify(good, now: now).session != nil)
        #expect(refusal(forge(claims: claims("scorecast", more: sid)), verifier) == .wrongAudience)
        #expect(refusal(forge(claims: claims("scorecast", more: #","aud":"x""#)), verifier) == .wrongAudience)
        #expect(refusal(forge(claims: claims("Scorecast", more: #","aud":"game""#)), verifier) == .wrongIssuer)
        #expect(refusal(forge(claims: claims(nil, more: #","aud":"game""#)), verifier) == .wrongIssuer)
    }

    // MARK: Scopes

    @Test(
        arguments: [
            ("boards:read", .boardsRead), ("boards:read scores:write", [.boardsRead, .scoresWrite]),
            ("openid boards:read  profile ", .boardsRead), ("openid profile", []), ("", []), (" ", []),
            ("boards:read,scores:write", []), ("Boards:Read", []), ("actions:write", []), ("boards:read\\tx", []),
        ] as [(String, Scopes)])
    func readsScopesOfOwnTokens(_ scope: String, _ wanted: Scopes) async throws {
        let verifier = try await verifier()
        for issuer in ["scorecast", Self.foreignIssuer] {
            let token = forge(claims: claims(issuer, more: #","scope":"\#(scope)""#))
            #expect(try verifier.verify(token, now: now).scopes == wanted)
        }
    }

    /// A limit that cannot be read must not become none.
    @Test(arguments: ["null", "5", "[]", #"["boards:read"]"#, "{}"])
    func refusesScopesOfAnotherType(_ scope: String) async throws {
        let token = forge(claims: claims("scorecast", more: #","scope":\#(scope)"#))
        #expect(refusal(token, try await verifier()) == .invalidClaim)
    }

    // MARK: Subjects

    @Test func prefixesForeignSubjects() async throws {
        let verifier = try await verifier()
        for sub in ["u1", "usr_AAECAwQFBgcICQoLDA0ODw", "idp:u1", "key:1", "x:y", "auth0|5f7c8ec7c33c6c004bbafe82"] {
            let foreign = try ed25519.token(claims: claims(Self.foreignIssuer, sub: sub))
            #expect(try verifier.verify(foreign, now: now).subject == "idp:\(sub)")
            #expect(try verifier.verify(forge(claims: claims("scorecast", sub: sub)), now: now).subject == sub)
        }
        let unnamed = try await self.verifier(name: nil)
        let foreign = try ed25519.token(claims: claims(Self.foreignIssuer))
        #expect(try unnamed.verify(foreign, now: now).subject == "u1")
    }

    @Test func refusesSubjectsThatGetTooLongOrWereNone() async throws {
        let verifier = try await verifier()
        let longest = String(repeating: "a", count: 124)
        let token = try ed25519.token(claims: claims(Self.foreignIssuer, sub: longest))
        #expect(try verifier.verify(token, now: now).subject == "idp:\(longest)")
        for sub in [longest + "a", String(repeating: "é", count: 63), "", "a\\nb", "\\u0000"] {
            let token = try ed25519.token(claims: claims(Self.foreignIssuer, sub: sub))
            #expect(refusal(token, verifier) == .invalidClaim)
        }
    }

    // MARK: Keys

    /// Own and foreign keys have the same id here. Whoever's key it is signs for itself alone.
    @Test func oneKeyIDInBothSetsConfusesNothing() async throws {
        let verifier = try await verifier()
        let ours = try TokenIssuer(key: try await own.tokenKey, issuer: "scorecast").sign(
            sub: "u1", issuedAt: now, expiresAt: now + 60_000, session: .random())
        #expect(try verifier.verify(ours, now: now).session != nil)
        let theirs = try ed25519.token(claims: claims(Self.foreignIssuer, more: sid))
        let foreign = try verifier.verify(theirs, now: now)
        #expect(foreign.session == nil && foreign.subject == "idp:u1")
        #expect(refusal(try stranger.token(claims: claims("scorecast", more: sid)), verifier) == .badSignature)
        // An id that only the other set has.
        let renamed = try await self.verifier(foreign: [try await KeyPair.edDSA(id: "x")])
        #expect(refusal(theirs, renamed) == .badSignature)
        #expect(refusal(try ed25519.token(kid: "y", algorithm: "EdDSA"), renamed) == .unknownKey)
    }

    /// A set without ids takes whatever id a token names, also beside own keys that have ids.
    @Test func foreignKeysWithoutIDsAreTriedAsBefore() async throws {
        let set = try await keySet(["{\(ed25519.members)}"])
        let verifier = try TokenVerifier(
            keys: [try await own.tokenKey], foreignKeys: set.keys, ownIssuer: "scorecast", foreignName: "idp")
        let token = try ed25519.token(claims: claims("anyone"))
        #expect(try verifier.verify(token, now: now).subject == "idp:u1")
        let other = try stranger.token(claims: claims("scorecast"))
        #expect(refusal(other, verifier) == .badSignature)
    }

    @Test func aKeyInBothSetsIsOurs() async throws {
        let set = try await KeySet(JWKSDocument([own]).json)
        let verifier = try TokenVerifier(
            keys: [try await own.tokenKey], foreignKeys: set.keys, ownIssuer: "scorecast", foreignName: "idp")
        let token = try TokenIssuer(key: try await own.tokenKey, issuer: "scorecast").sign(
            sub: "u1", issuedAt: now, expiresAt: now + 60_000, session: .random())
        #expect(try verifier.verify(token, now: now).subject == "u1")
    }

    /// HMAC with a public key's text, of any of the keys: the algorithm belongs to the key, not to the token.
    @Test func publicKeysAreNotSecrets() async throws {
        let verifier = try await verifier()
        let texts = [
            OwnKeys.ed25519Public, OwnKeys.p256Public, rsa.members, ed25519.entry(), RFC.modulus,
            "-----BEGIN PUBLIC KEY-----\n\(OwnKeys.ed25519Public)\n-----END PUBLIC KEY-----\n",
        ]
        for text in texts {
            for key in [Array(text.utf8), bytes(text)] where !key.isEmpty {
                for header in [#"{"alg":"HS256","kid":"t1"}"#, #"{"alg":"HS256"}"#] {
                    let token = forge(header: header, claims: claims("scorecast", more: sid), secret: key)
                    #expect(refusal(token, verifier) == .badSignature)
                }
                for algorithm in ["EdDSA", "RS256"] {
                    let header = #"{"alg":"\#(algorithm)","kid":"t1"}"#
                    let token = forge(header: header, claims: claims("scorecast", more: sid), secret: key)
                    #expect(refusal(token, verifier) == .badSignature)
                }
            }
        }
        // Without a secret, HS256 is nobody's algorithm.
        let keysOnly = try TokenVerifier(
            keys: [try await own.tokenKey], foreignKeys: try await keySet([rsa.entry()]).keys)
        #expect(refusal(forge(), keysOnly) == .algorithmRefused)
        #expect(refusal(forge(header: #"{"alg":"ES256","kid":"t1"}"#), keysOnly) == .algorithmRefused)
        #expect(refusal(forge(header: #"{"alg":"ES256","kid":"t9"}"#), keysOnly) == .unknownKey)
    }

    // MARK: Audiences

    /// Cognito's access tokens have `client_id` in the place of `aud`. Nobody else's token gets in by it.
    @Test(
        arguments: [
            (#","token_use":"access","client_id":"game""#, nil),
            (#","token_use":"access","client_id":"other""#, .wrongAudience),
            (#","token_use":"access","client_id":["game"]"#, .wrongAudience),
            (#","token_use":"access""#, .wrongAudience), (#","token_use":"id","client_id":"game""#, .wrongAudience),
            (#","token_use":5,"client_id":"game""#, .wrongAudience), (#","client_id":"game""#, .wrongAudience),
            (#","azp":"game""#, .wrongAudience),
            (#","token_use":"access","client_id":"game","aud":"other""#, .wrongAudience),
            (#","token_use":"access","client_id":"game","aud":[]"#, .wrongAudience),
            (#","token_use":"access","client_id":"other","aud":"game""#, nil),
        ] as [(String, TokenError?)])
    func clientsStandForAMissingAudience(_ more: String, _ error: TokenError?) async throws {
        let verifier = try await verifier(audience: "game")
        #expect(refusal(try rsa.token(claims: claims(Self.foreignIssuer, more: more)), verifier) == error)
        guard !more.contains("aud") else { return }
        #expect(refusal(forge(claims: claims("scorecast", more: more)), verifier) == .wrongAudience)
    }
}
