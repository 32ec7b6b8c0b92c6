import Administration
import Testing

/// Answers about boards as tables.
struct BoardTextTests {
    private let race = """
        {"board":"race","operator":"best","order":"asc","ties":"first",
        "windows":["all",{"name":"shift","cron":"0 22 * * *"}],"time_zone":"UTC","group":"race",
        "visibility":"public","min_score":null,"allow_decrease":false,"metadata":{"a":1}}
        """

    @Test func aListIsATable() {
        let text = BoardText.list(#"{"boards":[\#(race)]}"#)
        #expect(
            text == """
                BOARD  OPERATOR  ORDER  TIES   WINDOWS                  TIME ZONE  GROUP  VISIBILITY
                race   best      asc    first  all, shift (0 22 * * *)  UTC        race   public
                """)
        #expect(BoardText.list(#"{"boards":[]}"#) == "There are no boards.")
        #expect(BoardText.list("<html>") == nil && BoardText.list("{}") == nil)
    }

    @Test func aBoardIsALineForEachMember() {
        let lines = BoardText.board(race)?.split(separator: "\n") ?? []
        #expect(lines.first == "board           race" && lines.count == 11)
        #expect(lines.contains("min_score       -") && lines.contains("allow_decrease  no"))
        #expect(lines.last == #"metadata        {"a":1}"#)
    }

    @Test func periodsSayWhatFollows() {
        let period = #"{"window":"daily","period":"2026-11-20","state":"open","entries":3,"checksum":null}"#
        let text = BoardText.periods(#"{"periods":[\#(period)],"next":"c"}"#)
        #expect(text?.hasPrefix("WINDOW  PERIOD ") == true && text?.hasSuffix("\nThere are more: --cursor c") == true)
        #expect(BoardText.periods(#"{"periods":[],"next":null}"#) == "There are no periods.")
    }

    @Test(
        "A refusal says why, and what to do",
        arguments: [
            (409, "board_in_use", "--reset"), (404, "unknown_board", "boards list"),
            (404, "unknown_window", "boards show"),
            (401, "unauthorized", "SCORECAST_TOKEN"), (403, "forbidden", "--role admin"),
            (503, "unavailable", "/readyz"),
        ])
    func refusals(_ status: Int, _ code: String, _ advice: String) {
        let body = #"{"status":"error","code":"\#(code)","message":"Because."}"#
        let text = BoardText.refusal(status: status, body: body)
        #expect(text.hasPrefix("Refused with status \(status): Because.\n") && text.contains(advice))
    }

    @Test func aRefusalNamesAllFields() {
        let body = #"{"code":"invalid_input","message":"No.","details":[{"field":"top","reason":"must be 1 to 100"}]}"#
        #expect(BoardText.refusal(status: 400, body: body) == "Refused with status 400: No.\n  top must be 1 to 100")
        #expect(BoardText.refusal(status: 502, body: "<html>") == "Refused with status 502: <html>")
    }

    @Test func valuesOfAQueryAreEncoded() {
        #expect(QueryText.value("Az0-._~") == "Az0-._~")
        #expect(QueryText.value("a b&=+/é\n") == "a%20b%26%3D%2B%2F%C3%A9%0A")
    }
}
