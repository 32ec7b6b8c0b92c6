import Basics
import HTTPKit
import Testing

@Suite struct QueryStringTests {
    @Test func decodesQueries() throws {
        let query = try QueryString(
            uri: "/x?board=a%41+b&limit=&other=1&other=2&mode", known: ["board", "limit", "mode"])
        #expect(query["board"] == "aA b")
        #expect(query["limit"] == "" && query["mode"] == "" && query["other"] == nil)
    }

    @Test func isEmptyWithoutAMark() throws {
        #expect(try QueryString(uri: "/board=1", known: ["board"])["board"] == nil)
        #expect(try QueryString(uri: "/x?", known: ["board"])["board"] == nil)
        #expect(try QueryString(uri: "/x?a=b?board=1&board=a=b?", known: ["board"])["board"] == "a=b?")
    }

    @Test(arguments: [
        ("/x?board=%", "query", "must be percent-encoded UTF-8"),
        ("/x?board=%4", "query", "must be percent-encoded UTF-8"),
        ("/x?board=%FF", "query", "must be percent-encoded UTF-8"),
        ("/x?%zz=1", "query", "must be percent-encoded UTF-8"),
        ("/x?board=1&board=2", "board", "must be given once"),
        ("/x?board=1&%62oard=1", "board", "must be given once"),
        ("/x?" + String(repeating: "a", count: 2049), "query", "must not be longer than 2048 bytes"),
    ])
    func refuses(_ uri: String, _ field: String, _ reason: String) {
        #expect(throws: FieldProblem(field: field, reason: reason)) { try QueryString(uri: uri, known: ["board"]) }
    }

    @Test func takesLongerOnesIfTold() throws {
        let uri = "/x?board=" + String(repeating: "a", count: 3000)
        #expect(try QueryString(uri: uri, known: ["board"], bytesMax: 4000)["board"]?.count == 3000)
    }
}
