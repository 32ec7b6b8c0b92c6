import HTTPKit
import Testing

/// The query of a URI.
@Suite struct QueryStringTests {
    @Test func decodesQueries() throws {
        let query = try QueryString(
            uri: "/x?board=a%41+b&limit=&other=1&other=2&mode", known: ["board", "limit", "mode"])
        #expect(query["board"] == "aA b")
        #expect(query["limit"] == "" && query["mode"] == "" && query["other"] == nil)
        for uri in [
            "/x?board=%", "/x?board=%4", "/x?board=%FF", "/x?board=1&board=2", "/x?board=1&%62oard=1",
            "/x?" + String(repeating: "a", count: 2049),
        ] {
            #expect(throws: QueryString.Problem.self) { try QueryString(uri: uri, known: ["board"]) }
        }
    }
}
