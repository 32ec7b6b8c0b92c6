import Basics
import HTTPKit
import Leaderboard

extension RoomRequest {
    /// What the query of `uri` asks for.
    init(uri: String) throws(RoomProblem) {
        let query: QueryString
        do throws(QueryString.Problem) {
            query = try QueryString(uri: uri, known: ["board", "window", "limit", "mode", "resume"])
        } catch {
            throw .invalid([FieldProblem(field: error.field, reason: error.reason)])
        }
        self.init()
        board = query["board"]
        window = query["window"]
        mode = query["mode"]
        resume = query["resume"]
        // What is not a number, or one with a sign, becomes one that no limit can be.
        limit = query["limit"].map { text in
            text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) ? Int(text) ?? -1 : -1
        }
    }
}
