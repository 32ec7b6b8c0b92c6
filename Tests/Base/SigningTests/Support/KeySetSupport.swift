import Crypto
import JWTKit
import Signing

/// A key pair of the tests: the public half as an entry of a key set, the private half to sign with.
struct KeyPair: Sendable {
    let id: String
    /// The members that make the public key, without braces.
    let members: String
    private let implementation: any JWTAlgorithm

    private init(id: String, members: String, add: (JWTKeyCollection) async throws -> Void) async throws {
        self.id = id
        self.members = members
        let collection = JWTKeyCollection()
        try await add(collection)
        implementation = try await collection.getKey()
    }

    /// The RSA key of RFC 7515 appendix A.2: making a new one takes a second.
    static func rs256(id: String = "rsa") async throws -> KeyPair {
        try await KeyPair(id: id, members: #""kty":"RSA","n":"\#(RFC.modulus)","e":"AQAB""#) { collection in
            let key = try Insecure.RSA.PrivateKey(
                modulus: RFC.modulus, exponent: "AQAB", privateExponent: RFC.privateExponent)
            await collection.add(rsa: key, digestAlgorithm: .sha256)
        }
    }

    /// A new P-256 key.
    static func es256(id: String = "ec") async throws -> KeyPair {
        let key = P256.Signing.PrivateKey()
        let point = Array(key.publicKey.rawRepresentation)
        let (x, y) = (base64URL(point.prefix(32)), base64URL(point.suffix(32)))
        return try await KeyPair(id: id, members: #""kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)""#) { collection in
            await collection.add(ecdsa: try ES256PrivateKey(backing: key))
        }
    }

    /// A new Ed25519 key.
    static func edDSA(id: String = "ed") async throws -> KeyPair {
        let key = Curve25519.Signing.PrivateKey()
        let x = base64URL(key.publicKey.rawRepresentation)
        return try await KeyPair(id: id, members: #""kty":"OKP","crv":"Ed25519","x":"\#(x)""#) { collection in
            await collection.add(eddsa: EdDSA.PrivateKey(backing: key))
        }
    }

    /// One of each algorithm.
    static func all() async throws -> [KeyPair] { [try await rs256(), try await es256(), try await edDSA()] }

    /// The entry of a key set, with more members.
    func entry(_ more: String = "") -> String { #"{"kid":"\#(id)",\#(members)\#(more)}"# }

    /// A token for `u1` whose header names this key id and this algorithm, whatever that is.
    func token(kid: String, algorithm: String) throws -> String {
        try token(
            header: #"{"alg":"\#(algorithm)","kid":"\#(kid)"}"#, claims: #"{"sub":"u1","exp":1790000600}"#)
    }

    /// A token with these claims, whatever they are, whose header names this key.
    func token(claims: String) throws -> String {
        try token(header: #"{"alg":"\#(implementation.name)","kid":"\#(id)"}"#, claims: claims)
    }

    private func token(header: String, claims: String) throws -> String {
        let signed = "\(base64URL(header.utf8)).\(base64URL(claims.utf8))"
        return "\(signed).\(base64URL(try implementation.sign(Array(signed.utf8))))"
    }

    /// A token for `u1`, with this key id in its header or with none.
    func token(kid: String?) throws -> String {
        let key = try TokenKey(id: kid, implementation: implementation)
        return try TokenIssuer(key: key).sign(sub: "u1", issuedAt: now, expiresAt: now + 60_000)
    }
}

/// A key set of these entries.
func keySet(_ entries: [String]) async throws(KeySetError) -> KeySet {
    try await KeySet(Array(#"{"keys":[\#(entries.joined(separator: ","))]}"#.utf8))
}

/// Keys that RFCs publish.
enum RFC {
    /// RFC 7515 appendix A.2.
    static let modulus = """
        ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR\
        T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB\
        dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia\
        GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ
        """
    /// The private half of it.
    static let privateExponent = """
        Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46su\
        i395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4\
        qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB\
        4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ
        """
    /// The key set of RFC 7517 appendix A.1.
    static let publicKeys = """
        {"keys":[
          {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
           "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"},
          {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJE\
        CPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqz\
        s8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIq\
        bw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}]}
        """
    /// The public key of RFC 8037 appendix A.2.
    static let ed25519 = #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
    /// The text that it signs in appendix A.4: not a token, since the claims are not JSON.
    static let ed25519Signed = """
        eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcN\
        R4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg
        """
}
