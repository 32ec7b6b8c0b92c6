import Leaderboard
import Storage
import StrictJSON
import Testing

/// The boards as they are published.
@Suite struct BoardCodecTests {
    private static func decode(_ text: String) throws -> BoardList {
        try Array(text.utf8).withUnsafeBytes { bytes in
            Result { () throws(JSONError) in try BoardCodec.decode(bytes) }
        }.get()
    }

    private static let list = BoardList(
        boards: [
            "global": .global, "cup": Board(id: "cup", group: "a \"b\" é", top: 100),
            "staff": Board(id: "staff", top: 1, visibility: .private),
        ], revision: 7)

    @Test func isReadAsItWasWritten() throws {
        let published = PublishedBoards(Self.list)
        #expect(try Self.decode(published.text) == Self.list)
        #expect(published.tag.hasPrefix("7-"))
        #expect(try Self.decode(PublishedBoards(BoardList(boards: [:], revision: 0)).text).boards.isEmpty)
    }

    /// The tag is the same on every node, and differs for every other list.
    @Test func theTagNamesTheList() {
        let tags = [
            Self.list, BoardList(boards: Self.list.boards, revision: 8), BoardList(boards: [:], revision: 7),
            BoardList(boards: ["global": Board(id: "global", top: 9)], revision: 7),
            BoardList(boards: ["global": Board(id: "global", visibility: .private)], revision: 7),
            BoardList(boards: ["global": Board(id: "global", group: "g")], revision: 7),
        ].map { PublishedBoards($0).tag }
        #expect(Set(tags).count == tags.count)
        let reversed = Dictionary(uniqueKeysWithValues: Self.list.boards.sorted { $0.key > $1.key })
        #expect(PublishedBoards(BoardList(boards: reversed, revision: 7)).tag == tags[0])
    }

    /// A later version may know more visibilities. One that this version does not know hides the board.
    @Test func whatIsNotKnownIsPrivate() throws {
        let text = """
            {"format":{"x":[1,null]},"revision":3,"boards":[
              {"board":"a","group":"a","top":5,"visibility":"friends","operator":"best"},
              {"board":"b","group":"b","top":5},
              {"board":"c","group":"c","top":5,"visibility":"Public"},
              {"board":"d","group":"d","top":5,"visibility":"public"}]}
            """
        let boards = try Self.decode(text).boards
        #expect(boards.values.filter(\.isPrivate).map(\.id).sorted() == ["a", "b", "c"])
        #expect(boards["d"] == Board(id: "d", top: 5))
    }

    @Test(
        "Half a list is never used",
        arguments: [
            "", "null", "[]", "{}", #"{"revision":1}"#, #"{"boards":[]}"#, #"{"revision":"1","boards":[]}"#,
            #"{"revision":1,"boards":{}}"#, #"{"revision":1,"boards":[7]}"#, #"{"revision":1,"boards":[{}]}"#,
            #"{"revision":1,"boards":[{"board":"a","group":"a"}]}"#,
            #"{"revision":1,"boards":[{"board":"a","top":5}]}"#,
            #"{"revision":1,"boards":[{"group":"a","top":5}]}"#,
            #"{"revision":1,"boards":[{"board":"a b","group":"a","top":5}]}"#,
            #"{"revision":1,"boards":[{"board":"a","group":"a","top":0}]}"#,
            #"{"revision":1,"boards":[{"board":"a","group":"a","top":101}]}"#,
            #"{"revision":1,"boards":[{"board":"a","group":"a","top":5.5}]}"#,
            #"{"revision":1,"boards":[{"board":"a","group":"a","top":5,"visibility":null}]}"#,
            #"{"revision":1,"boards":[{"board":"a","board":"b","group":"a","top":5}]}"#,
            #"{"revision":1,"boards":[{"board":"a","group":"a","top":5},{"board":"a","group":"b","top":5}]}"#,
            #"{"revision":1,"boards":[]}x"#, #"{"revision":1,"boards":["#,
        ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try Self.decode(text) }
    }

    @Test("A list of too many boards, and a group with too long a name, are refused")
    func isBounded() {
        func text(_ count: Int) -> String {
            let boards = (0..<count).map { #"{"board":"b\#($0)","group":"g","top":10,"visibility":"public"}"# }
            return #"{"revision":1,"boards":[\#(boards.joined(separator: ","))]}"#
        }
        #expect(throws: Never.self) { try Self.decode(text(Catalogue.boardsMax)) }
        #expect(throws: JSONError.self) { try Self.decode(text(Catalogue.boardsMax + 1)) }
        let group = String(repeating: "g", count: Catalogue.groupBytesMax + 1)
        #expect(throws: JSONError.self) {
            try Self.decode(#"{"revision":1,"boards":[{"board":"a","group":"\#(group)","top":5}]}"#)
        }
    }

    @Test func findsTopsOfAnotherSize() {
        var new = Self.list
        new.boards["cup"]?.top = 3
        new.boards["global"]?.visibility = .private
        new.boards["staff"] = Board(id: "staff", group: "moved", top: 2)
        new.boards["new"] = Board(id: "new", top: 2)
        #expect(Self.list.boardsWithAnotherTop(in: new).map(\.id) == ["cup"])
    }
}
