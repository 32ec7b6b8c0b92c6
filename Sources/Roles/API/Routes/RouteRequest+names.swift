import Access
import Basics
import HTTPKit
import Leaderboard

extension RouteRequest {
    /// The board or action of the path.
    var id: String {
        get throws(APIError) {
            let id = parameter("id")
            guard Names.isID(id) else { throw .invalidInput([FieldProblem(field: "id", reason: Names.idForm)]) }
            return id
        }
    }

    /// The user of the path.
    var userID: String {
        get throws(APIError) {
            guard let id = PathText.userID(parameter("user_id")) else {
                throw .invalidInput([FieldProblem(field: "user_id", reason: Names.userIDForm)])
            }
            return id
        }
    }

    /// Private boards are shown to viewers alone: with a valid token that has the scopes of the route.
    func requireView(of board: Board) async throws {
        if board.isPrivate { _ = try await viewer() }
    }
}
