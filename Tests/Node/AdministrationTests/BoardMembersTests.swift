import Administration
import Testing

/// Options of `scorecast boards put` as JSON.
struct BoardMembersTests {
    private func json(_ change: (inout BoardMembers) -> Void) throws -> String {
        var members = BoardMembers()
        change(&members)
        return String(decoding: try members.json(), as: UTF8.self)
    }

    @Test func onlyWhatIsGiven() throws {
        #expect(try json { _ in } == "{}")
        #expect(try json { $0.texts = [("order", "asc"), ("ties", nil)] } == #"{"order":"asc"}"#)
        #expect(try json { $0.numbers = [("top", 50), ("keep_periods", nil)] } == #"{"top":50}"#)
        #expect(try json { $0.allowDecrease = false } == #"{"allow_decrease":false}"#)
        #expect(try json { $0.metadata = #" {"a": [1]} "# } == #"{"metadata":{"a":[1]}}"#)
    }

    @Test func windowsOfAllKinds() throws {
        let text = try json {
            $0.windows = ["all,daily", "weekly"]
            $0.crons = ["shift=0 22 * * *"]
            $0.seasons = ["cup=2027-03-01T00:00:00Z/2027-06-01T00:00:00+01:00"]
        }
        #expect(
            text
                == #"{"windows":["all","daily","weekly",{"name":"shift","cron":"0 22 * * *"},"#
                + #"{"name":"cup","starts_at":"2027-03-01T00:00:00Z","ends_at":"2027-06-01T00:00:00+01:00"}]}"#)
    }

    @Test func boundsAreNumbersOrNone() throws {
        let text = try json { $0.bounds = [("min_score", "none"), ("max_score", "-5")] }
        #expect(text == #"{"min_score":null,"max_score":-5}"#)
    }

    @Test func whatCannotBeWrittenNamesItsOption() {
        #expect(throws: BoardMembers.Problem.self) { try json { $0.bounds = [("min_score", "1.5")] } }
        for cron in ["shift", "0 22 * * *"] {
            #expect(throws: BoardMembers.Problem.self) { try json { $0.crons = [cron] } }
        }
        for season in ["cup", "cup=2027-03-01T00:00:00Z"] {
            #expect(throws: BoardMembers.Problem.self) { try json { $0.seasons = [season] } }
        }
        for metadata in ["", "[]", "1", "{", "{\"a\":1,\"a\":2}"] {
            #expect(throws: BoardMembers.Problem.self) { try json { $0.metadata = metadata } }
        }
    }
}
