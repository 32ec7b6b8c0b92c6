import JWTKit
import Signing
import Testing

/// The published examples of RFC 7515 appendix A: genuine signatures over claims that lack a subject. So the verifier
/// must get past the signature, and refuse the claims.
@Suite struct TokenVectorTests {
    static let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

    /// A JSON Web Key of the appendix, and the token that goes with it.
    struct Example: Sendable, CustomTestStringConvertible {
        let algorithm: String
        let jwk: String
        let token: String
        var testDescription: String { algorithm }
    }

    static let examples = [
        Example(
            algorithm: "RS256",
            jwk: """
                {"kty":"RSA","kid":"a","alg":"RS256","e":"AQAB","n":"\
                ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR\
                T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB\
                dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia\
                GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}
                """,
            token: """
                eyJhbGciOiJSUzI1NiJ9.\(claims).\
                cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9\
                uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB\
                _eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rq\
                Vt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw
                """),
        Example(
            algorithm: "ES256",
            jwk: """
                {"kty":"EC","kid":"a","alg":"ES256","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",\
                "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
                """,
            token: """
                eyJhbGciOiJFUzI1NiJ9.\(claims).\
                DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q
                """),
    ]

    @Test(arguments: examples)
    func verifiesWithPublicKeys(_ example: Example) async throws {
        let collection = JWTKeyCollection()
        try await collection.add(jwksJSON: #"{"keys":[\#(example.jwk)]}"#)
        let key = try TokenKey(id: nil, implementation: try await collection.getKey(for: "a"))
        #expect(key.algorithm == example.algorithm)
        try check(example.token, key)
    }

    @Test func verifiesWithASecret() async throws {
        let secret: [UInt8] = [
            3, 35, 53, 75, 43, 15, 165, 188, 131, 126, 6, 101, 119, 123, 166, 143,
            90, 179, 40, 230, 240, 84, 201, 40, 169, 15, 132, 178, 210, 80, 46, 191,
            211, 251, 90, 146, 210, 6, 71, 239, 150, 138, 180, 195, 119, 98, 61, 34,
            61, 46, 33, 114, 5, 46, 79, 8, 192, 205, 154, 245, 103, 208, 128, 163,
        ]
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        try check("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(Self.claims).\(signature)", try await hs256(secret))
    }

    private func check(_ token: String, _ key: TokenKey) throws {
        let verifier = try TokenVerifier(keys: [key])
        #expect(throws: TokenError.invalidClaim) { try verifier.verify(token, now: now) }
        // The first character of the signature, so that the text stays canonical.
        var parts = token.split(separator: ".").map(String.init)
        parts[2] = (parts[2].hasPrefix("A") ? "B" : "A") + parts[2].dropFirst()
        #expect(throws: TokenError.badSignature) { try verifier.verify(parts.joined(separator: "."), now: now) }
    }

    /// This project's verifier takes what its issuer signs with each kind of key, and a public key cannot sign.
    @Test func signsAndVerifiesWithKeyPairs() async throws {
        let collection = JWTKeyCollection()
        let ecdsa = ES256PrivateKey()
        let eddsa = try EdDSA.PrivateKey()
        await collection.add(ecdsa: ecdsa, kid: "ec").add(eddsa: eddsa, kid: "ed")
        let publicKeys = JWTKeyCollection()
        await publicKeys.add(ecdsa: ecdsa.publicKey, kid: "ec").add(eddsa: eddsa.publicKey, kid: "ed")
        for id in ["ec", "ed"] {
            let kid = JWKIdentifier(string: id)
            let signing = try TokenKey(id: id, implementation: try await collection.getKey(for: kid))
            let verifying = try TokenKey(id: id, implementation: try await publicKeys.getKey(for: kid))
            let token = try TokenIssuer(key: signing).sign(sub: "u1", issuedAt: now, expiresAt: now + 1_000)
            #expect(try TokenVerifier(keys: [verifying]).verify(token, now: now).subject == "u1")
            #expect(throws: TokenIssuerError.cannotSign) {
                try TokenIssuer(key: verifying).sign(sub: "u1", issuedAt: now, expiresAt: now + 1_000)
            }
        }
    }
}
