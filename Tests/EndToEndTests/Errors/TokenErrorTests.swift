import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "POST /update-score: tokens",
        .apiNodes(credentials: Credentials(issuer: "https://id.example", audience: "scorecast")))
    struct TokenErrors {
        @Test("401 unauthorized", arguments: badTokens)
        func refused(_ attempt: Attempt) async throws {
            try await attempt.expectRefusal(401, "unauthorized", message: Sentence.unauthorized)
        }

        @Test(
            "a token longer than the 8 KiB that a header field may have is refused in the form of every error",
            arguments: [6200, 30_000])
        func tooLong(_ extra: Int) async throws {
            let cluster = try Cluster.ofSuite
            var claims = cluster.credentials.claims("u1")
            claims["more"] = .string(String(repeating: "x", count: extra))
            let token = cluster.credentials.jwt(claims: claims)
            try await Attempt.expectNothingChanges {
                let answer = try await cluster.update("u1", token: token)
                #expect((400..<500).contains(answer.status))
                #expect(ErrorForm.fault(in: answer, status: answer.status, code: nil) == nil)
            }
        }

        @Test("good tokens: the audience in a list, the scheme in another case, times that are just valid")
        func accepted() async throws {
            let cluster = try Cluster.ofSuite
            let credentials = cluster.credentials
            var claims = credentials.claims("u1")
            claims["aud"] = ["other", "scorecast"]
            claims["nbf"] = .integer(Credentials.seconds)
            claims["iat"] = .integer(Credentials.seconds)
            claims["whatever"] = ["x": [1, 2]]
            #expect(try await cluster.update("u1", token: credentials.jwt(claims: claims)).status == 200)
            let body = Update.body(user: "u1", id: credentials.actionID("u1"))
            let answer = try await TinyHTTP.post(
                port: try cluster.port(), "/update-score", json: body,
                headers: [("authorization", "bearer " + credentials.token("u1"))])
            #expect(answer.status == 200)
        }

        @Test("403 forbidden for another user's score; game servers and administrators may")
        func otherUser() async throws {
            let cluster = try Cluster.ofSuite
            let credentials = cluster.credentials
            try await Attempt.expectNothingChanges {
                for role in [nil, "player"] {
                    let answer = try await cluster.update("u2", token: credentials.token("u1", role: role))
                    #expect(ErrorForm.fault(in: answer, status: 403, code: "forbidden") == nil)
                }
            }
            for role in ["service", "admin"] {
                #expect(try await cluster.update("u2", token: credentials.token("server", role: role)).status == 200)
            }
        }
    }
}

private func token(_ name: String, _ make: @escaping @Sendable (Credentials) -> String) -> Attempt {
    Attempt(name, headers: { [("Authorization", "Bearer " + make($0))] })
}

private func claims(_ name: String, _ change: @escaping @Sendable (inout [String: JSON]) -> Void) -> Attempt {
    token(name) { credentials in
        var claims = credentials.claims("u1")
        change(&claims)
        return credentials.jwt(claims: claims)
    }
}

private let badTokens: [Attempt] = [
    Attempt("no Authorization", headers: { _ in [] }),
    Attempt("an empty Authorization", headers: { _ in [("Authorization", "")] }),
    Attempt("no scheme", headers: { [("Authorization", $0.token("u1"))] }),
    Attempt("another scheme", headers: { [("Authorization", "Basic " + $0.token("u1"))] }),
    Attempt("Bearer alone", headers: { _ in [("Authorization", "Bearer ")] }),
    token("no token") { _ in "x" },
    token("two dots") { _ in ".." },
    token("no signature") { $0.token("u1").split(separator: ".").dropLast().joined(separator: ".") },
    token("an empty signature") { $0.token("u1").split(separator: ".").dropLast().joined(separator: ".") + "." },
    token("another secret") { $0.jwt(claims: $0.claims("u1"), key: String(repeating: "k", count: 64)) },
    token("altered claims") { credentials in
        var parts = credentials.token("u1").split(separator: ".").map { String($0) }
        parts[1] = Credentials.base64URL(Array(JSON.object(credentials.claims("u1", role: "admin")).text.utf8))
        return parts.joined(separator: ".")
    },
    token("padding behind") { $0.token("u1") + "=" },
    token("alg none, no signature") { credentials in
        let parts = [["alg": "none"] as JSON, .object(credentials.claims("u1"))]
        return parts.map { Credentials.base64URL(Array($0.text.utf8)) }.joined(separator: ".") + "."
    },
    token("alg none, signed") { $0.jwt(header: ["alg": "none"], claims: $0.claims("u1")) },
    token("alg None") { $0.jwt(header: ["alg": "None"], claims: $0.claims("u1")) },
    token("alg HS512") { $0.jwt(header: ["alg": "HS512"], claims: $0.claims("u1")) },
    token("alg RS256") { $0.jwt(header: ["alg": "RS256"], claims: $0.claims("u1")) },
    token("no alg") { $0.jwt(header: ["typ": "JWT"], claims: $0.claims("u1")) },
    token("crit") { $0.jwt(header: ["alg": "HS256", "crit": ["exp"]], claims: $0.claims("u1")) },
    claims("expired") { $0["exp"] = .integer(Credentials.seconds - 120) },
    claims("no exp") { $0["exp"] = nil },
    claims("exp as text") { $0["exp"] = "9999999999" },
    claims("nbf to come") { $0["nbf"] = .integer(Credentials.seconds + 120) },
    claims("wrong issuer") { $0["iss"] = "https://evil.example" },
    claims("no issuer") { $0["iss"] = nil },
    claims("wrong audience") { $0["aud"] = "other" },
    claims("no audience") { $0["aud"] = nil },
    claims("no sub") { $0["sub"] = nil },
    claims("an unknown role") { $0["role"] = "root" },
]
