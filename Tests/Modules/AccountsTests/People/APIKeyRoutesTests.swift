import Access
import Accounts
import Basics
import Crypto
import HTTPKit
import HTTPTypes
import NIOCore
import Signing
import StrictJSON
import Testing

/// API keys: made, listed, revoked.
struct APIKeyRoutesTests {
    private func draft(
        _ json: String, by maker: Claims = Claims(subject: "root", role: .admin, expiresAt: 0)
    ) throws -> APIKeyDraft {
        try APIKeyDraft(ByteBuffer(string: json), maker: maker, now: PeopleHouse.now)
    }

    private func problems(_ json: String) -> [String]? {
        do {
            _ = try draft(json)
            return nil
        } catch {
            return (error as? APIError).map { $0.details.map(\.field) }
        }
    }

    @Test("Scopes are those of the role, or fewer, and never more than the maker's")
    func scopes() throws {
        #expect(try draft(#"{"name":"k","role":"service"}"#).scopes == Role.service.scopes)
        #expect(try draft(#"{"name":"k","role":"admin"}"#).scopes == .all)
        #expect(
            try draft(#"{"name":"k","role":"admin","scopes":["scores:read","scores:read"]}"#).scopes == .scoresRead)
        let maker = Claims(subject: "root", role: .admin, expiresAt: 0, scopes: [.usersWrite, .scoresRead])
        #expect(try draft(#"{"name":"k","role":"service"}"#, by: maker).scopes == [.usersWrite, .scoresRead])
        let error = #expect(throws: APIError.self) {
            try draft(#"{"name":"k","role":"admin","scopes":["moderation"]}"#, by: maker)
        }
        #expect(error?.code == .forbidden)
    }

    @Test("Each member has its form")
    func forms() {
        #expect(problems("{}") == ["name", "role"])
        #expect(problems(#"{"name":"\u0000","role":"player"}"#) == ["name", "role"])
        #expect(problems(#"{"name":"k","role":"service","scopes":[]}"#) == ["scopes"])
        #expect(problems(#"{"name":"k","role":"service","scopes":["all"]}"#) == ["scopes"])
        #expect(problems(#"{"name":"k","role":"service","scopes":["boards:write"]}"#) == ["scopes"])
        #expect(problems(#"{"name":"k","role":"service","scopes":"scores:read"}"#) == ["scopes"])
        #expect(problems(#"{"name":"k","role":"service","expires_at":"2020-01-01T00:00:00Z"}"#) == ["expires_at"])
        #expect(problems(#"{"name":"k","role":"service","expires_at":"tomorrow"}"#) == ["expires_at"])
        #expect(problems(#"{"name":"k","role":"service","key":"sck_x"}"#) == ["key"])
        #expect(problems(#"{"name":"k","role":"service","id":"x","created_by":"x"}"#) == ["id", "created_by"])
        #expect(problems(#"{"name":"k","role":"service","scopes":null,"expires_at":null}"#) == nil)
        let name = String(repeating: "n", count: 65)
        #expect(problems(#"{"name":"\#(name)","role":"service"}"#) == ["name"])
    }

    @Test("The text is shown once, and only its hash is kept")
    func make() async throws {
        try await withPeople { house in
            let expiry = Timestamp.text(milliseconds: PeopleHouse.now + 60_000)
            let body = #"{"name":" Game server ","role":"service","scopes":["scores:write"],"expires_at":"\#(expiry)"}"#
            let made = try await house.send(.post, "/api-keys", body, as: "root", .admin)
            #expect(made.status == 201)
            let members = ["created_at", "created_by", "expires_at", "id", "key", "name", "role", "scopes"]
            #expect(made.keys == members)
            let text = try #require(made.json["key"]?.string)
            #expect(text.hasPrefix("sck_") && text.utf8.count == 47)
            #expect(made.json["name"]?.string == "Game server" && made.json["expires_at"]?.string == expiry)
            let hash = Hexadecimal.text(Array(SHA256.hash(data: Array(text.utf8))))
            #expect(try await house.column("SELECT encode(key_hash, 'hex') FROM api_keys") == [hash])
            let list = try await house.send(.get, "/api-keys", as: "root", .admin)
            let listed = list.json["api_keys"]?.array ?? []
            #expect(listed.count == 1 && !list.body.contains("sck_") && !list.body.contains(hash))
            #expect(listed.first?.object?.members.map(\.key).sorted() == members.filter { $0 != "key" })
            let entry = try #require(house.record.entries.first)
            #expect(entry.act == "api_key.create" && !"\(entry)".contains(text) && house.record.keyChanges == 1)
        }
    }

    @Test("A revoked key is gone, and cannot be revoked again")
    func revoke() async throws {
        try await withPeople { house in
            let made = try await house.send(.post, "/api-keys", #"{"name":"k","role":"admin"}"#, as: "root", .admin)
            let id = try #require(made.json["id"]?.string)
            #expect(try await house.send(.delete, "/api-keys/\(id)", as: "root", .admin).status == 204)
            #expect(house.record.keyChanges == 2 && house.acts == ["api_key.create done", "api_key.revoke done"])
            for path in [id, "0123456789abcdef", "x", "%00", "sck_x"] {
                let answer = try await house.send(.delete, "/api-keys/\(path)", as: "root", .admin)
                #expect(answer.outcome == "404 not_found")
            }
            let list = try await house.send(.get, "/api-keys", as: "root", .admin)
            #expect(list.json["api_keys"]?.array?.isEmpty == true && house.record.keyChanges == 2)
        }
    }

    @Test("An API key makes no API keys")
    func keysMakeNoKeys() async throws {
        try await withPeople { house in
            let answer = try await house.send(
                .post, "/api-keys", #"{"name":"k","role":"service"}"#, as: "key:0123456789abcdef", .admin)
            #expect(answer.outcome == "403 forbidden")
            #expect(try await house.column("SELECT key_id FROM api_keys").isEmpty)
        }
    }

    @Test("There are at most 1000 live keys; revoked and expired ones do not count")
    func bound() async throws {
        try await withPeople { house in
            _ = try await house.column(
                """
                INSERT INTO api_keys (key_id, name, key_hash, role, scopes, created_by, expires_at, revoked_at)
                SELECT lpad(to_hex(n), 16, '0'), 'k', sha256(n::text::bytea), 'service', '{}', 'x',
                    CASE WHEN n = 1000 THEN now() - interval '1 s' END, CASE WHEN n = 1001 THEN now() END
                FROM generate_series(1, 1001) AS n
                """)
            // 999 live ones: of many at once, one fits.
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let body = #"{"name":"k","role":"service"}"#
                        return try await house.send(.post, "/api-keys", body, as: "root", .admin).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [201] + Array(repeating: 400, count: 7))
        }
    }
}
