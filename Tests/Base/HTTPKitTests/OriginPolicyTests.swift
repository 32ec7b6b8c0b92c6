import HTTPKit
import Testing

/// Decides which pages may call the API and connect.
@Suite struct OriginPolicyTests {
    private static func field(_ name: String, _ fields: [(name: String, value: String)]) -> String? {
        fields.first { $0.name == name }?.value
    }

    private static let allowOrigin = "Access-Control-Allow-Origin"
    private static let allowHeaders = "Access-Control-Allow-Headers"

    @Test func comparesOriginWithHost() {
        let same = OriginPolicy(allowed: [])
        #expect(same.allows(origin: nil, host: nil))
        #expect(same.allows(origin: "https://a.example", host: "A.example"))
        #expect(same.allows(origin: "https://a.example", host: "a.example:443"))
        #expect(same.allows(origin: "http://a.example:8080", host: "a.example:8080"))
        #expect(!same.allows(origin: "http://a.example", host: "a.example:8080"))
        #expect(!same.allows(origin: "http://b.example", host: "a.example"))
        #expect(!same.allows(origin: "http://a.example", host: nil))
        #expect(!same.allows(origin: "null", host: "null"))
        #expect(same.fields(for: "https://a.example").isEmpty)
    }

    /// The node's own page keeps working if other origins are named.
    @Test func allowsTheSameOriginBesideAList() {
        let policy = OriginPolicy(allowed: ["https://game.example"])
        #expect(policy.allows(origin: "http://127.0.0.1:8080", host: "127.0.0.1:8080"))
        #expect(policy.allows(origin: "https://api.example", host: "api.example:443"))
        #expect(!policy.allows(origin: "http://127.0.0.1:8080", host: "127.0.0.1:8081"))
        #expect(!policy.allows(origin: "https://other.example", host: "api.example"))
        #expect(!policy.allows(origin: "null", host: "null"))
        #expect(!policy.allows(origin: "https://api.example", host: nil))
    }

    @Test(arguments: [
        "https://game.example", "capacitor://localhost", "http://localhost:3000", "chrome-extension://abc",
        "tauri://localhost",
    ])
    func letsNamedOriginsIn(_ origin: String) {
        let policy = OriginPolicy(allowed: ["https://other.example", origin])
        for spelling in [origin, origin.uppercased()] {
            #expect(policy.allows(origin: spelling, host: "api.example"))
            #expect(Self.field(Self.allowOrigin, policy.fields(for: spelling)) == spelling)
            #expect(Self.field(Self.allowOrigin, policy.preflightFields(for: spelling, asked: [])) == spelling)
        }
        // White space after a value is not part of it.
        #expect(Self.field(Self.allowOrigin, policy.fields(for: origin + " ")) == origin)
    }

    @Test(arguments: [
        "https://game.example.evil", "https://game.exampl", "http://game.example", "https://game.example:444", "null",
        "capacitor://localhost", "", "https://game.example, https://game.example",
    ])
    func keepsOthersOut(_ origin: String) {
        let policy = OriginPolicy(allowed: ["https://game.example", "null"])
        #expect(!policy.allows(origin: origin, host: "api.example"))
        #expect(Self.field(Self.allowOrigin, policy.fields(for: origin)) == nil)
        #expect(Self.field(Self.allowOrigin, policy.preflightFields(for: origin, asked: ["a"])) == nil)
    }

    /// Without `Vary`, a cache would give the response for one origin to another.
    @Test func saysThatAnswersVary() {
        let policy = OriginPolicy(allowed: ["https://game.example"])
        for origin in ["https://game.example", "https://other.example", nil] {
            #expect(Self.field("Vary", policy.fields(for: origin)) == "Origin")
            #expect(Self.field("Vary", policy.preflightFields(for: origin, asked: []))?.contains("Origin") == true)
        }
    }

    /// `*` allows every page, also pages without an origin (`null`), and all get the same response.
    @Test func letsAllIn() {
        let policy = OriginPolicy(allowed: ["*"])
        for origin in ["https://game.example", "null", nil] {
            #expect(policy.allows(origin: origin, host: "api.example"))
            #expect(Self.field(Self.allowOrigin, policy.fields(for: origin)) == "*")
            #expect(Self.field("Vary", policy.fields(for: origin)) == nil)
        }
        #expect(Self.field(Self.allowOrigin, policy.preflightFields(for: "https://a", asked: [])) == "*")
    }

    @Test(arguments: [
        (["authorization,content-type,traceparent"], "authorization, content-type, traceparent"),
        (["Last-Event-ID , cache-control,"], "Last-Event-ID, cache-control"), (["a", "b"], "a, b"),
        (["x-!#$%&'*+.^_`|~9"], "x-!#$%&'*+.^_`|~9"),
        ([], nil), ([""], nil), (["a b"], nil), (["a\r\nb"], nil), (["a:b"], nil), (["\"a\""], nil), (["é"], nil),
        ([String(repeating: "a,", count: 65)], nil), ([String(repeating: "a", count: 2049)], nil),
    ])
    func allowsWhatPagesAskFor(_ asked: [String], _ allowed: String?) {
        let fields = OriginPolicy(allowed: ["https://a"]).preflightFields(for: "https://a", asked: asked)
        #expect(Self.field(Self.allowHeaders, fields) == allowed ?? "Authorization, Content-Type, Last-Event-ID")
        #expect(Self.field("Vary", fields) == "Origin, Access-Control-Request-Headers")
    }
}
