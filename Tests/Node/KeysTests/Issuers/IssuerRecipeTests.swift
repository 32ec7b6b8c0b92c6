import Foundation
import Keys
import NodeTestSupport
import Settings
import Signing
import TestSupport
import Testing

/// The recipes of docs/accounts.md: their settings, and tokens as the issuer documents them. A server in this process
/// gives out the key set.
@Suite("The recipes for tokens of other issuers", .timeLimit(.minutes(2)))
struct IssuerRecipeTests {
    /// Returns the settings in the recipe of an issuer, as the document has them.
    private func recipe(_ issuer: DocumentedIssuer) throws -> [String: String] {
        let page = try String(
            contentsOf: Checkout.root.appendingPathComponent("docs/accounts.md"), encoding: .utf8)
        let sections = page.components(separatedBy: "\n### ").filter { $0.hasPrefix("\(issuer.heading)\n") }
        try #require(sections.count == 1)
        let parts = sections[0].components(separatedBy: "```")
        try #require(parts.count == 3 && parts[1].hasPrefix("sh\n"))
        let pairs = parts[1].split(separator: "\n").dropFirst().map { $0.split(separator: "=", maxSplits: 1) }
        return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), String($0[1])) })
    }

    /// Runs a test with the keys of a node that has these settings, and the issuer's key set.
    private func withKeys(
        of issuer: DocumentedIssuer, changing changes: [String: String] = [:],
        _ body: (TokenVerifier, IssuerKey) throws -> Void
    ) async throws {
        var environment = try recipe(issuer)
        try #require(environment.count == 4)
        environment["SCORECAST_JWT_SECRET"] = Fixture.jwtSecret
        environment.merge(changes) { $1 }
        let configuration = try await NodeConfiguration.load(environment: environment)
        guard case .url(let url)? = configuration.jwtKeySet else { throw CocoaError(.fileReadUnknown) }
        _ = try KeySetDownload(url: url)
        #expect(configuration.problems(ofAccountsNode: true).isEmpty)
        let ring = try await KeyRing(configuration)
        let key = try IssuerKey.pair.get().issuer
        try await KeyServer.run(.document(issuer.document(try key.members())), tls: true) { server in
            let download = try KeySetDownload(url: server.url, trustRoots: try TestCertificate.root())
            let source = KeySetSource(reader: download, logger: CapturedLog().logger) { try ring.replace(keySet: $0) }
            try await source.refresh()
            try body(try #require(ring.tokens), key)
        }
    }

    /// Adds members to the claims of a sample.
    private func claims(_ sample: DocumentedIssuer.Sample, adding members: String) -> String {
        "\(sample.claims.trimmingCharacters(in: .whitespacesAndNewlines).dropLast()),\(members)}"
    }

    @Test("accept tokens in the issuer's form", arguments: DocumentedIssuer.all)
    func accepted(_ issuer: DocumentedIssuer) async throws {
        try await withKeys(of: issuer) { verifier, key in
            for sample in issuer.samples {
                let token = try key.token(header: sample.header, claims: sample.claims)
                let claims = try verifier.verify(token, now: now)
                #expect(claims.subject == sample.user && claims.role == .player)
                // Neither its scope nor its sid means anything here.
                #expect(claims.scopes == Role.player.scopes && claims.session == nil)
                let other = try IssuerKey.pair.get().stranger.token(header: sample.header, claims: sample.claims)
                #expect(verifier.refusal(other) == .badSignature)
            }
        }
    }

    @Test("take a role from the claim that the recipe adds, and refuse other values", arguments: DocumentedIssuer.all)
    func roles(_ issuer: DocumentedIssuer) async throws {
        try await withKeys(of: issuer) { verifier, key in
            for sample in issuer.samples {
                let service = try key.token(header: sample.header, claims: claims(sample, adding: #""role":"service""#))
                #expect(try verifier.verify(service, now: now).role == .service)
                for (value, error) in [
                    (#""editor""#, TokenError.unknownRole), (#"["service"]"#, .invalidClaim), ("null", .invalidClaim),
                ] {
                    let token = try key.token(
                        header: sample.header, claims: claims(sample, adding: #""role":\#(value)"#))
                    #expect(verifier.refusal(token) == error)
                }
            }
        }
    }

    @Test(
        "refuse tokens for others and of others, such as other projects with the same keys",
        arguments: DocumentedIssuer.all)
    func strangers(_ issuer: DocumentedIssuer) async throws {
        for (name, error) in [
            ("SCORECAST_JWT_AUDIENCE", TokenError.wrongAudience), ("SCORECAST_JWT_ISSUER", .wrongIssuer),
        ] {
            let value = try #require(try recipe(issuer)[name])
            try await withKeys(of: issuer, changing: [name: value + "-2"]) { verifier, key in
                for sample in issuer.samples {
                    let token = try key.token(header: sample.header, claims: sample.claims)
                    #expect(verifier.refusal(token) == error)
                }
            }
        }
    }

    @Test("keep the users of the issuer apart from those of this deployment", arguments: DocumentedIssuer.all)
    func users(_ issuer: DocumentedIssuer) async throws {
        try await withKeys(of: issuer) { verifier, key in
            let name = try #require(try recipe(issuer)["SCORECAST_JWT_NAME"])
            for sample in issuer.samples {
                #expect(sample.user.hasPrefix("\(name):"))
                let subject = String(sample.user.dropFirst(name.count + 1))
                let victim = sample.claims.replacing(
                    #""sub":"\#(subject)""#, with: #""sub":"usr_AAECAwQFBgcICQoLDA0ODw""#)
                #expect(victim != sample.claims)
                let token = try key.token(header: sample.header, claims: victim)
                #expect(try verifier.verify(token, now: now).subject == "\(name):usr_AAECAwQFBgcICQoLDA0ODw")
            }
        }
    }
}
