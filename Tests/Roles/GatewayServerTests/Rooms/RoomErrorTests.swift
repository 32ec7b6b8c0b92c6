import Gateway
import Leaderboard
import StrictJSON
import Testing

/// The errors that a client of several rooms gets when one of them is not available.
@Suite struct RoomErrorTests {
    @Test func errorsAboutRoomsNameThem() async throws {
        try await TestGateway.run {
            var boards = TestGateway.boards
            boards["cup"] = Board(id: "cup", windows: ["daily", "all"].compactMap(Window.fixed))
            $0.boards = TestBoards(boards)
        } _: { server in
            let socket = try TestWebSocket(port: server.port)
            _ = try socket.receiveStandings()
            let cases = [
                (#"{"type":"join-room","board":"nope"}"#, "unknown_board", "nope", "all"),
                (#"{"type":"join-room","board":"a \"b\"","window":"daily"}"#, "invalid_input", "a \"b\"", "daily"),
                (#"{"type":"join-room","limit":0}"#, "invalid_input", "global", "all"),
                (#"{"type":"leave-room","board":"other"}"#, "not_joined", "other", "all"),
                // The first window of a board is its default.
                (#"{"type":"leave-room","board":"cup"}"#, "not_joined", "cup", "daily"),
                (#"{"type":"leave-room","board":"cup","window":"all"}"#, "not_joined", "cup", "all"),
                (#"{"type":"join-room","board":"cup","window":"weekly"}"#, "unknown_window", "cup", "weekly"),
            ]
            for (text, code, board, window) in cases {
                try socket.send(text: text)
                let error = try socket.receiveJSON()
                #expect(error["code"]?.string == code, "\(text)")
                #expect(error["board"]?.string == board, "\(text)")
                #expect(error["window"]?.string == window, "\(text)")
            }
            try socket.send(text: #"{"type":"shout","board":"other"}"#)
            #expect(try socket.receiveJSON()["board"] == nil, "a message about no room")
        }
    }
}
