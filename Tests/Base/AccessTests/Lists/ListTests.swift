import Access
import Basics
import HTTPKit
import NIOCore
import StrictJSON
import Testing

/// Pages of lists: their query, their cursors, and their answers.
struct ListTests {
    private static func query(_ text: String, list: String = "users", values: Int = 2) throws(APIError) -> ListQuery {
        try ListQuery(uri: "/users\(text)", list: list, values: values, more: ["query"])
    }

    /// The details of a refusal, or nothing.
    private static func problems(_ text: String, list: String = "users", values: Int = 2) -> [FieldProblem] {
        do throws(APIError) {
            _ = try query(text, list: list, values: values)
            return []
        } catch {
            return error.code == .invalidInput ? error.details : [FieldProblem(field: error.code.rawValue, reason: "")]
        }
    }

    @Test func limits() throws {
        #expect(try Self.query("").limit == 20)
        #expect(try Self.query("?limit=1").limit == 1)
        #expect(try Self.query("?limit=100&query=a%20b")["query"] == "a b")
        for limit in ["0", "101", "-1", "+5", "", "1.0", "ten", "99999999999999999999", "%31%00"] {
            #expect(Self.problems("?limit=\(limit)").first == FieldProblem(field: "limit", reason: "must be 1 to 100"))
        }
        #expect(Self.problems("?limit=1&limit=1") == [FieldProblem(field: "limit", reason: "must be given once")])
    }

    @Test func cursorsComeBack() throws {
        let longest = String(repeating: "n", count: 1024)
        for values in [["2026-09-21", "usr_ä 1"], ["", ""], ["1", "a.b~|\""], ["1", longest]] {
            let text = ListCursor.text(of: "users", values)
            #expect(text.utf8.allSatisfy { $0.isIDByte })
            #expect(try Self.query("?cursor=\(text)").after == values)
        }
        #expect(try Self.query("").after == nil, "the first page")
    }

    @Test func othersAreRefused() {
        let good = ListCursor.text(of: "users", ["1", "2"])
        let bad = [
            "", "x", "a", good + "A", String(good.dropLast(2)), good + "=", "!\(good)",
            ListCursor.text(of: "keys", ["1", "2"]), ListCursor.text(of: "users", ["1"]),
            ListCursor.text(of: "users", ["1", "2", "3"]), ListCursor.text(of: "users", ["1", "\u{0}"]),
            ListCursor.text(of: "users", ["1", String(repeating: "2", count: 1200)]), "_w",
        ]
        for cursor in bad { #expect(Self.problems("?cursor=\(cursor)") == [ListQuery.cursorProblem], "\(cursor)") }
        #expect(Self.problems("?cursor=x&limit=0").map(\.field) == ["limit", "cursor"])
    }

    @Test func pages() throws {
        let query = try Self.query("?limit=2", values: 1)
        let values: (Int) -> [String] = { [String($0)] }
        let first = ListPage([1, 2, 3], for: query, of: "users", values: values)
        #expect(first.elements == [1, 2])
        #expect(first.next == ListCursor.text(of: "users", ["2"]))
        let last = ListPage([1, 2], for: query, of: "users", values: values)
        #expect(last.next == nil)
        let reply = last.reply("users") { $1.integer(Int64($0)) }
        #expect(String(buffer: reply.body) == #"{"users":[1,2],"next":null}"#)
        let empty = ListPage([], for: query, of: "users", values: values).reply("users") { $1.integer(Int64($0)) }
        #expect(String(buffer: empty.body) == #"{"users":[],"next":null}"#)
    }
}
