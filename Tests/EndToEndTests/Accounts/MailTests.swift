import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// Mail of a whole node, through a real mail server.
    @Suite("Mail", .timeLimit(.minutes(5)))
    struct MailTests {
        private static var plan: Cluster.Plan {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            return plan
        }

        private static let passwords = ["a first long password", "a second long password"]

        private static func settings(_ server: MailServer) -> [String: String] {
            let login = "player%3Aone:p%40ss%20word%2F%C3%A9@localhost:\(server.port(.login))"
            return [
                "SCORECAST_MAIL_URL": "smtp://\(login)?tls=on&ca=\(server.certificate)",
                "SCORECAST_MAIL_FROM": "The Game <no-reply@game.example>",
                "SCORECAST_PUBLIC_URL": "https://game.example/play",
            ]
        }

        private static func post(_ node: ScorecastProcess, _ path: String, _ body: String) async throws
            -> TinyHTTP.Response
        {
            try await TinyHTTP.request(
                "POST", port: node.port, path, headers: [("Content-Type", "application/json")], body: body)
        }

        private static func register(_ node: ScorecastProcess, _ name: String) async throws -> JSON {
            let body = #"{"username":"\#(name)","password":"\#(passwords[0])","email":"\#(name)@example.com"}"#
            let answer = try await post(node, "/auth/register", body)
            try #require(answer.status == 201, "\(answer.text)")
            return try JSON(answer.body)
        }

        @Test("an address is verified, a password is forgotten and set again, and no log tells a token")
        func whole() async throws {
            try await MailServer.run { server in
                try await Cluster.run(Self.plan) { cluster in
                    let node = try await cluster.startNode("accounts", with: Self.settings(server))
                    let login = #"{"email":"ADA@example.com","password":"%"}"#
                    let first = login.replacing("%", with: Self.passwords[0])
                    let session = try await Self.register(node, "ada")
                    let mail = try await server.mails(to: "ada@example.com", count: 1)[0]
                    let token = try #require(mail.token)
                    #expect(mail.login && mail.text.contains("https://game.example/play/#verify=\(token)"))
                    #expect(try await Self.post(node, "/auth/login", first).status == 401, "it is only a claim")
                    let verified = try await Self.post(node, "/auth/verify", #"{"token":"\#(token)"}"#)
                    #expect(verified.status == 200 && verified.text == #"{"status":"success"}"#)
                    #expect(try await Self.post(node, "/auth/login", first).status == 200)

                    let known = try await Self.post(node, "/auth/reset-request", #"{"email":"ada@example.com"}"#)
                    let unknown = try await Self.post(node, "/auth/reset-request", #"{"email":"eve@example.com"}"#)
                    #expect(known.status == 202 && unknown.status == 202 && known.body == unknown.body)
                    func names(_ answer: TinyHTTP.Response) -> [String] {
                        answer.headers.map { $0.name == "date" ? $0.name : "\($0.name): \($0.value)" }
                    }
                    #expect(names(known) == names(unknown))
                    let reset = try #require(try await server.mails(to: "ada@example.com", count: 2)[1].token)
                    let body = #"{"token":"\#(reset)","password":"\#(Self.passwords[1])"}"#
                    #expect(try await Self.post(node, "/auth/reset", body).status == 204)
                    #expect(try await Self.post(node, "/auth/reset", body).status == 401)
                    #expect(try await Self.post(node, "/auth/login", first).status == 401)
                    let second = login.replacing("%", with: Self.passwords[1])
                    #expect(try await Self.post(node, "/auth/login", second).status == 200)
                    let refresh = try #require(session["refresh_token"]?.string)
                    let old = try await Self.post(node, "/auth/refresh", #"{"refresh_token":"\#(refresh)"}"#)
                    #expect(old.status == 401, "all sessions have ended")
                    _ = try await server.mails(to: "ada@example.com", count: 3)
                    let log = try String(contentsOfFile: node.logPath, encoding: .utf8)
                    for secret in ["scm_", "example.com", "player", "p@ss"] { #expect(!log.contains(secret)) }
                }
            }
        }

        @Test("a node that stops sends the mail that it took")
        func drains() async throws {
            try await MailServer.run { server in
                try await Cluster.run(Self.plan) { cluster in
                    let node = try await cluster.startNode("accounts", with: Self.settings(server))
                    for name in ["u-1", "u-2", "u-3", "u-4"] { _ = try await Self.register(node, name) }
                    #expect(await node.terminate() == 0)
                    for name in ["u-1", "u-2", "u-3", "u-4"] {
                        #expect(try server.mails(to: "\(name)@example.com").count == 1)
                    }
                }
            }
        }

        @Test("without a mail server everything else works, and a mail server that is down holds nobody up")
        func away() async throws {
            try await Cluster.run(Self.plan) { cluster in
                let node = try await cluster.startNode("accounts")
                _ = try await Self.register(node, "ada")
                for email in ["ada@example.com", "eve@example.com"] {
                    let answer = try await Self.post(node, "/auth/reset-request", #"{"email":"\#(email)"}"#)
                    #expect(answer.status == 503)
                    #expect(try JSON(answer.body)["code"]?.string == "mail_not_configured")
                }
                let dead = ["SCORECAST_MAIL_URL": "smtp://127.0.0.1:1", "SCORECAST_MAIL_FROM": "a@game.example"]
                let other = try await cluster.startNode("accounts", with: dead)
                _ = try await Self.register(other, "bob")
                try await eventually("the failure is counted") {
                    let page = try await TinyHTTP.request(port: other.port, "/metrics").text
                    return page.contains(#"scorecast_mail_failures_total{kind="connection"} 1"#)
                }
                #expect(try await TinyHTTP.request(port: other.port, "/readyz").status == 200)
            }
        }

        @Test("settings that would print tokens, or send a password without TLS, do not start")
        func refused() async throws {
            for (url, words) in [
                ("log:", "SCORECAST_ENVIRONMENT=development"),
                ("smtp://u:sesame@mail.example.com?tls=off", "without TLS"),
            ] {
                let check = try await ScorecastProcess.run(["check"], environment: ["SCORECAST_MAIL_URL": url])
                #expect(check.code == 78 && (check.errors + check.output).contains(words))
                #expect(!(check.errors + check.output).contains("sesame"))
            }
        }
    }
}
