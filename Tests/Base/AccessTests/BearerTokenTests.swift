import Access
import NIOHTTP1
import Testing

/// Where a bearer token is read from.
@Suite struct BearerTokenTests {
    @Test func takesWhatComesAfterTheScheme() {
        func token(_ value: String) -> String? {
            var value = value
            return value.withUTF8 { BearerToken.token(in: $0).map { String(decoding: $0, as: UTF8.self) } }
        }
        #expect(token("Bearer a.b.c") == "a.b.c" && token("BEARER    a.b.c \t") == "a.b.c")
        #expect(token("bEaReR  a b") == "a b")
        for other in ["Bearer", "Bearera", "Bearer\ta", "Basic a", "", " Bearer a", "Beare\u{12} a"] {
            #expect(token(other) == nil, "\(other)")
        }
        #expect(token("Bearer ") == "")
    }

    @Test func copiesTheTokenOfAuthorization() throws {
        func token(_ fields: [(String, String)]) throws -> [UInt8]? { try BearerToken.ofFields(HTTPHeaders(fields)) }
        #expect(try token([]) == nil)
        #expect(try token([("Authorization", "Basic a")]) == nil)
        #expect(try token([("authorization", "Bearer a.b.c ")]) == Array("a.b.c".utf8))
        #expect(try token([("Authorization", "Bearer ")]) == [])
        #expect(try token([("Authorization", "Bearer " + String(repeating: "a", count: 8192))])?.count == 8192)
        #expect(try token([("Authorization", "Bearer " + String(repeating: "a", count: 8193))]) == [], "too long")
    }
}
