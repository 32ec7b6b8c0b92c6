import Administration
import Testing

/// Answers about users and API keys as text, and the bodies of their requests.
struct UserTextTests {
    private let ada = """
        {"id":"usr_AAAAAAAAAAAAAAAAAAAAAA","username":"Ada","name":null,"role":"admin","email":"ada@example.com",
        "created_at":"2026-11-20T00:00:00.000Z","banned_at":null}
        """

    @Test func aListIsATable() {
        let text = UserText.list(#"{"users":[\#(ada)],"next":"Ada"}"#)
        #expect(
            text == """
                ID                          USERNAME  NAME  ROLE   EMAIL            CREATED AT                BANNED AT
                usr_AAAAAAAAAAAAAAAAAAAAAA  Ada       -     admin  ada@example.com  2026-11-20T00:00:00.000Z  -
                There are more: --cursor Ada
                """)
        #expect(UserText.list(#"{"users":[],"next":null}"#) == "There are no such users.")
        #expect(UserText.list("<html>") == nil && UserText.list("{}") == nil)
    }

    @Test("What users have written cannot control the terminal")
    func escapes() {
        let text = UserText.list(#"{"users":[{"id":"a","name":"x\u001b[2Jy\n"}],"next":null}"#)
        #expect(text?.contains("\u{1b}") == false && text?.split(separator: "\n").count == 2)
    }

    @Test func usersAreFoundByName() {
        let list = #"{"users":[{"id":"1","username":"adam"},{"id":"2","username":"Ada"}]}"#
        #expect(UserText.id(of: "aDA", in: list) == "2" && UserText.id(of: "ad", in: list) == nil)
        #expect(UserText.isID("usr_AAAAAAAAAAAAAAAAAAAA_-") && !UserText.isID("usr_A") && !UserText.isID("ada"))
    }

    @Test func changesAreSentences() {
        #expect(UserText.done("Banned", ada) == "Banned Ada (usr_AAAAAAAAAAAAAAAAAAAAAA), role admin.")
        #expect(UserText.done("Banned", "{}") == nil)
    }

    @Test("A registration shows the user, and no token")
    func registrations() {
        let answer = #"{"user":\#(ada),"access_token":"secret-a","refresh_token":"secret-r","expires_in":900}"#
        let registered = UserText.registered(answer)
        #expect(registered?.id == "usr_AAAAAAAAAAAAAAAAAAAAAA" && registered?.token == "secret-a")
        #expect(registered?.user.contains("secret") == false && registered?.user.contains("Ada") == true)
        #expect(UserText.registered("{}") == nil)
        let body = UserText.registration(username: "a\"b", password: "p", email: nil, name: "N")
        #expect(String(decoding: body, as: UTF8.self) == #"{"username":"a\"b","password":"p","name":"N"}"#)
    }

    @Test(
        "A refusal says why, and what to do",
        arguments: [
            (409, "taken", "users list"), (404, "unknown_user", "users list"), (404, "not_found", "role accounts"),
            (403, "forbidden", "--role admin"), (401, "unauthorized", "SCORECAST_TOKEN"),
            (503, "unavailable", "/readyz"),
        ])
    func refusals(_ status: Int, _ code: String, _ advice: String) {
        let body = #"{"status":"error","code":"\#(code)","message":"Because."}"#
        let text = UserText.refusal(status: status, body: body)
        #expect(text.hasPrefix("Refused with status \(status): Because.\n") && text.contains(advice))
    }

    @Test func keysAreATable() {
        let key = """
            {"id":"0123456789abcdef","name":"game","role":"service","scopes":["scores:read","scores:write"],
            "created_by":"root","created_at":"2026-11-20T00:00:00.000Z","expires_at":null}
            """
        let lines = KeyText.list(#"{"api_keys":[\#(key)],"next":null}"#)?.split(separator: "\n") ?? []
        #expect(lines.count == 2 && lines.last?.hasSuffix("-           scores:read scores:write") == true)
        #expect(KeyText.list(#"{"api_keys":[],"next":null}"#) == "There are no API keys.")
    }

    @Test("A new key is the output, its note is not")
    func newKeys() {
        let made = KeyText.made(#"{"id":"0123456789abcdef","key":"sck_x","role":"service","expires_at":null}"#)
        #expect(made?.key == "sck_x" && made?.note.contains("sck_x") == false)
        #expect(made?.note.contains("0123456789abcdef") == true && KeyText.made("{}") == nil)
        let body = KeyText.body(name: "k", role: "service", scopes: ["a,b", "c"], expiresAt: nil)
        #expect(String(decoding: body, as: UTF8.self) == #"{"name":"k","role":"service","scopes":["a","b","c"]}"#)
        let all = KeyText.body(name: "k", role: "service", scopes: [], expiresAt: "2030-01-01T00:00:00Z")
        #expect(!String(decoding: all, as: UTF8.self).contains("scopes"))
    }

    @Test("A key is never taken for its id, which commands and logs show")
    func ids() {
        #expect(KeyText.isID("0123456789abcdef"))
        #expect(!KeyText.isID("sck_0123456789ab") && !KeyText.isID("") && !KeyText.isID("../../users/xxxx"))
    }

    @Test func pathsHaveTheParametersThatAreGiven() {
        #expect(
            QueryText.path("/users", [("query", "a b"), ("cursor", nil), ("limit", "2")])
                == "/users?query=a%20b&limit=2")
        #expect(QueryText.path("/users", [("query", nil)]) == "/users")
    }
}
