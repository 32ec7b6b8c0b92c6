import Leaderboard
import Listener

extension RoomRequest {
    /// What the query of `uri` asks for.
    init(uri: String) throws(Refusal) {
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
        // What is no number becomes one that no limit can be.
        limit = query["limit"].map { Int($0) ?? -1 }
    }
}
