import API
import Leaderboard
import NIOHTTP1
import Signing
import TestSupport
import Testing

/// `/boards`: who may do what, each error with its status and code and with nothing changed, and the steps of a change.
@Suite(.timeLimit(.minutes(1)))
struct BoardRoutesTests {
    private static let now = TestAPI.now
    private static let old = Window(name: "old", kind: .season(startsAt: 0, endsAt: 1_000_000))

    /// `b` has scores, actions and a sealed season; `c` is of its group; `secret` is private.
    private static func api() async throws -> TestAPI {
        let stores = FakeStores(
            boards: [
                Board(id: "b", rules: BoardRules(allowDecrease: true), windows: [.all, old], generation: 1),
                Board(id: "c", group: "b", generation: 2), Board(id: "free", generation: 3),
                Board(id: "secret", visibility: .private, generation: 4),
            ],
            actions: [
                Action(id: "kill", points: 5, boards: ["b", "c"]), Action(id: "fine", points: -5, boards: ["b"]),
            ], now: now)
        stores.change { $0.scores[Ranking(board: "b")] = ["u1": 5, "u2": 3] }
        return try await TestAPI(stores)
    }

    @Test(
        "Errors have their status and code, and change nothing",
        arguments: [
            (.PUT, "/boards/new", "{}", nil, "401 unauthorized"),
            (.PUT, "/boards/new", "{}", .service, "403 forbidden"),
            (.PATCH, "/boards/b", "{}", .player, "403 forbidden"),
            (.DELETE, "/boards/free", "", nil, "401 unauthorized"),
            (.POST, "/boards/b/reset", "", .player, "403 forbidden"),
            (.DELETE, "/boards/b/users/u1", "", .service, "403 forbidden"),
            (.PUT, "/boards/a.b", "{}", .admin, "400 invalid_input"),
            (.PUT, "/boards/new", "[]", .admin, "400 invalid_input"),
            (.PUT, "/boards/new", #"{"color":"red"}"#, .admin, "400 invalid_input"),
            (.PUT, "/boards/new", #"{"top":101}"#, .admin, "400 invalid_input"),
            (.PUT, "/boards/new", #"{"windows":["daily","daily"]}"#, .admin, "400 invalid_input"),
            (.PUT, "/boards/new", #"{"windows":[{"name":"x","cron":"0 0 31 2 *"}]}"#, .admin, "400 invalid_input"),
            (.PUT, "/boards/new?reset=yes", "{}", .admin, "400 invalid_input"),
            (.PUT, "/boards/new", "", .admin, "415 unsupported_media_type"),
            (.PATCH, "/boards/no", "{}", .admin, "404 unknown_board"),
            (.GET, "/boards/no", "", .admin, "404 unknown_board"),
            (.DELETE, "/boards/no", "", .admin, "404 unknown_board"),
            (.POST, "/boards/no/reset", "", .admin, "404 unknown_board"),
            (.DELETE, "/boards/no/users/u1", "", .admin, "404 unknown_board"),
            (.GET, "/boards/no/periods", "", .admin, "404 unknown_board"),
            (.POST, "/boards/b/reset", #"{"window":"daily"}"#, .admin, "404 unknown_window"),
            (.POST, "/boards/b/reset", #"{"windows":[]}"#, .admin, "400 invalid_input"),
            (.DELETE, "/boards/b/users/u9", "", .admin, "404 unknown_user"),
            (.DELETE, "/boards/b/users/%00", "", .admin, "400 invalid_input"),
            (.DELETE, "/users/%00", "", .admin, "400 invalid_input"),
            (.DELETE, "/users/u1", "", nil, "401 unauthorized"),
            (.DELETE, "/users/u1", "", .player, "403 forbidden"),
            (.DELETE, "/users/u1", "", .service, "403 forbidden"),
            (.DELETE, "/boards/b", "", .admin, "409 board_in_use"),
            (.PATCH, "/boards/b", #"{"operator":"set"}"#, .admin, "409 board_in_use"),
            (.PATCH, "/boards/b", #"{"order":"asc"}"#, .admin, "409 board_in_use"),
            (.PATCH, "/boards/b", #"{"ties":"dense"}"#, .admin, "409 board_in_use"),
            (.PATCH, "/boards/b", #"{"time_zone":"Europe/Berlin"}"#, .admin, "409 board_in_use"),
            (.PATCH, "/boards/b", #"{"windows":["all"]}"#, .admin, "409 board_in_use"),
            (.PATCH, "/boards/b", #"{"allow_decrease":false}"#, .admin, "409 board_in_use"),
            (.PATCH, "/boards/b?reset=true", #"{"group":"x"}"#, .admin, "409 board_in_use"),
            (.PATCH, "/boards/c?reset=true", #"{"group":"x"}"#, .admin, "409 board_in_use"),
            (
                .PATCH, "/boards/b",
                #"{"windows":["all",{"name":"old","starts_at":"1970-01-01T00:00:00Z","#
                    + #""ends_at":"1970-01-01T00:00:01Z"}]}"#,
                .admin, "409 board_in_use"
            ),
            (.GET, "/boards/secret", "", nil, "401 unauthorized"),
            (.GET, "/boards/secret/periods", "", nil, "401 unauthorized"),
            (.POST, "/boards/b", "{}", .admin, "405 method_not_allowed"),
            (.PUT, "/boards", "{}", .admin, "405 method_not_allowed"),
        ] as [(HTTPMethod, String, String, Role?, String)])
    func errors(_ method: HTTPMethod, _ uri: String, _ body: String, _ role: Role?, _ expected: String) async throws {
        let api = try await Self.api()
        let before = api.stores.value { ($0.catalogue.boards, $0.scores) }
        let answer = try await api.send(method, uri, body, as: role)
        #expect(answer.outcome == expected, "\(answer.body)")
        let after = api.stores.value { ($0.catalogue.boards, $0.scores) }
        #expect(before == after && api.stores.value { $0.log.isEmpty })
    }

    @Test("A body may have 16 KiB")
    func bodyLimit() async throws {
        let api = try await Self.api()
        let answer = try await api.send(
            .PUT, "/boards/new", "{\"metadata\":{\"a\":\"\(String(repeating: "x", count: 16_384))\"}}", as: .admin)
        #expect(answer.outcome == "413 payload_too_large")
    }

    @Test("Too many windows for an action are refused")
    func rankingsOfAnAction() async throws {
        let ids = (1...5).map { "b\($0)" }
        let windows = (1...13).map { Window(name: "w\($0)", kind: .season(startsAt: 0, endsAt: Int64($0) * 1000)) }
        let stores = FakeStores(
            boards: ids.map { Board(id: $0, group: "g", windows: Array(windows.prefix(12))) },
            actions: [Action(id: "kill", points: 1, boards: ids)], now: Self.now)
        let api = try await TestAPI(stores)
        let sixteen =
            "{\"windows\":["
            + (1...12).map { number in
                let end = number < 10 ? "0\(number)" : "\(number)"
                return
                    #"{"name":"w\#(number)","starts_at":"1970-01-01T00:00:00Z","ends_at":"1970-01-01T00:00:\#(end)Z"}"#
            }.joined(separator: ",") + ",\"all\",\"daily\",\"hourly\",\"weekly\"]}"
        #expect(try await api.send(.PATCH, "/boards/b1", sixteen, as: .admin).status == 200)
        let second = try await api.send(.PATCH, "/boards/b2", sixteen, as: .admin)
        #expect(second.outcome == "400 invalid_input" && second.body.contains("windows"))
    }

    @Test("A new board has the defaults, and is stamped and emptied before it is stored")
    func create() async throws {
        let api = try await Self.api()
        let answer = try await api.send(.PUT, "/boards/new", "{}", as: .admin)
        #expect(answer.status == 201)
        #expect(
            answer.body
                == #"{"board":"new","operator":"increment","order":"desc","ties":"first","windows":["all"],"#
                + #""time_zone":"UTC","grace_seconds":660,"keep_periods":100,"group":"new","top":10,"#
                + #""visibility":"public","min_score":null,"max_score":null,"allow_decrease":false,"metadata":{}}"#)
        #expect(api.stores.value { $0.log } == ["stamp new empty", "put new", "reload"])
        let board = api.stores.value { $0.catalogue.boards["new"] }
        #expect(board?.createdAt == Self.now && board?.generation == 5 && api.stores.value { $0.stamps["new"] } == 5)
        #expect(try await api.send(.GET, "/boards/new").body == answer.body)
        // The same again replaces it with itself.
        #expect(try await api.send(.PUT, "/boards/new", answer.body, as: .admin).outcome == "200")
        #expect(api.stores.value { $0.log.count } == 3)
    }

    @Test("Members outside of the form change while there are scores; PUT sets the others to their defaults")
    func change() async throws {
        let api = try await Self.api()
        let answer = try await api.send(
            .PATCH, "/boards/b", #"{"top":50,"visibility":"private","max_score":9,"metadata":{"a":1}}"#, as: .admin)
        #expect(
            answer.status == 200 && answer.body.contains(#""top":50"#)
                && answer.body.contains(#""allow_decrease":true"#))
        #expect(api.stores.value { $0.log } == ["put b", "reload"])
        #expect(api.stores.value { $0.scores[Ranking(board: "b")]?.count } == 2)
        let put = try await api.send(.PUT, "/boards/free", #"{"grace_seconds":0}"#, as: .admin)
        #expect(put.status == 200 && put.body.contains(#""top":10"#) && put.body.contains(#""grace_seconds":0"#))
    }

    @Test("With reset, the board is emptied and its form changed in one step")
    func reset() async throws {
        let api = try await Self.api()
        let body = #"{"operator":"set"}"#
        #expect(try await api.send(.PATCH, "/boards/b?reset=true", body, as: .admin).status == 200)
        #expect(api.stores.value { $0.log } == ["stamp b from b empty", "put b", "reload"])
        #expect(
            api.stores.value { $0.scores.isEmpty } && api.stores.value { $0.catalogue.boards["b"]?.generation } == 5)
    }

    @Test("A change that another administrator overtakes is decided again")
    func races() async throws {
        let api = try await Self.api()
        let race: @Sendable (inout FakeStores.State) -> Void = { state in
            state.catalogue.boards["free"]?.top = 7
            state.catalogue.revision += 1
        }
        api.stores.change { $0.races = [race] }
        #expect(try await api.send(.PATCH, "/boards/free", #"{"grace_seconds":1}"#, as: .admin).status == 200)
        let board = api.stores.value { $0.catalogue.boards["free"] }
        #expect(board?.top == 7 && board?.graceSeconds == 1)
        api.stores.change { $0.races = Array(repeating: race, count: 5) }
        let answer = try await api.send(.PATCH, "/boards/free", #"{"grace_seconds":2}"#, as: .admin)
        #expect(answer.outcome == "503 unavailable")
        #expect(api.stores.value { $0.catalogue.boards["free"]?.graceSeconds } == 1)
    }

    @Test("A change that is refused after its stamp leaves the board usable")
    func refusedAfterStamp() async throws {
        let api = try await Self.api()
        api.stores.change { state in
            state.races = [
                { state in
                    state.catalogue.actions["worse"] = Action(id: "worse", points: 5, boards: ["free"])
                    state.catalogue.revision += 1
                }
            ]
        }
        let answer = try await api.send(.PATCH, "/boards/free", #"{"order":"asc"}"#, as: .admin)
        #expect(answer.outcome == "409 board_in_use")
        #expect(api.stores.value { $0.stamps["free"] } == 5 && api.stores.value { $0.log } == ["stamp free from free"])
        try await eventually("it has the stamp of the catalogue") {
            api.stores.value { $0.stamps["free"] == $0.known?.boards["free"]?.generation }
        }
        #expect(api.stores.value { $0.stamps["free"] } == 6)
    }

    @Test("There are at most 4096 boards, which can still be changed then")
    func boardsMax() async throws {
        let ids = (0..<Catalogue.boardsMax).map { "b\($0)" }
        let api = try await TestAPI(FakeStores(boards: ids.map { Board(id: $0) }))
        let refused = try await api.send(.PUT, "/boards/new", "{}", as: .admin)
        #expect(refused.outcome == "400 invalid_input" && refused.body.contains("4096"))
        #expect(try await api.send(.PATCH, "/boards/b7", #"{"top":5}"#, as: .admin).outcome == "200")
    }

    @Test("An action that can only be refused does not keep its board from other changes")
    func uselessAction() async throws {
        let stores = FakeStores(
            boards: [Board(id: "b")], actions: [Action(id: "worse", points: -5, boards: ["b"])], now: Self.now)
        let answer = try await TestAPI(stores).send(.PATCH, "/boards/b", #"{"top":5}"#, as: .admin)
        #expect(answer.outcome == "200")
    }

    @Test("A board whose deletion an action prevents loses nothing")
    func delete() async throws {
        let api = try await Self.api()
        api.stores.change { state in
            state.scores[Ranking(board: "free")] = ["u1": 1]
            state.races = [
                { state in
                    state.catalogue.actions["new"] = Action(id: "new", points: 1, boards: ["free"])
                    state.catalogue.revision += 1
                }
            ]
        }
        #expect(try await api.send(.DELETE, "/boards/free", as: .admin).outcome == "409 board_in_use")
        #expect(api.stores.value { $0.scores[Ranking(board: "free")] } == ["u1": 1])
        api.stores.change { $0.catalogue.actions["new"] = nil }
        #expect(try await api.send(.DELETE, "/boards/free", as: .admin).outcome == "204")
        #expect(api.stores.value { $0.log } == ["delete free", "reload", "stamp free empty"])
        #expect(try await api.send(.GET, "/boards/free").outcome == "404 unknown_board")
    }

    @Test("Rankings are emptied, and a user is deleted")
    func scores() async throws {
        let api = try await Self.api()
        #expect(try await api.send(.DELETE, "/boards/b/users/u2", as: .admin).outcome == "204")
        #expect(api.stores.value { $0.scores[Ranking(board: "b")] } == ["u1": 5])
        #expect(try await api.send(.POST, "/boards/b/reset", #"{"window":"old"}"#, as: .admin).outcome == "204")
        #expect(try await api.send(.POST, "/boards/b/reset", as: .admin).outcome == "204")
        #expect(try await api.send(.POST, "/boards/b/reset", #"{"window":null}"#, as: .admin).outcome == "204")
        let text = try await api.send(
            .POST, "/boards/b/reset", "{}", as: .admin, fields: ["Content-Type": "text/plain"])
        #expect(text.outcome == "415 unsupported_media_type")
        #expect(
            api.stores.value { $0.log }
                == ["delete user u2 of b", "reset b old", "reset b all,old", "reset b all,old"])
        #expect(api.stores.value { $0.scores.isEmpty })
    }

    @Test("A user is deleted from all boards, as often as asked")
    func users() async throws {
        let api = try await Self.api()
        #expect(api.stores.value { $0.scores[Ranking(board: "b")]?["u2"] != nil })
        for _ in 0..<2 { #expect(try await api.send(.DELETE, "/users/u2", as: .admin).outcome == "204") }
        #expect(api.stores.value { $0.scores[Ranking(board: "b")] } == ["u1": 5])
        #expect(try await api.send(.DELETE, "/users/%C3%A9%20%25", as: .admin).outcome == "204")
        #expect(api.stores.value { $0.log } == ["delete user u2", "delete user u2", "delete user é %"])
        api.stores.change { $0.isAway = true }
        #expect(try await api.send(.DELETE, "/users/u2", as: .admin).outcome == "503 unavailable")
    }

    @Test("The list holds private boards only for those with a token")
    func list() async throws {
        let api = try await Self.api()
        let all = try await api.send(.GET, "/boards", as: .player).body
        let some = try await api.send(.GET, "/boards").body
        #expect(all.contains("secret") && !some.contains("secret") && some.contains(#"{"boards":[{"board":"b""#))
        let wrong = try await api.send(.GET, "/boards", fields: ["Authorization": "Bearer x"])
        #expect(wrong.outcome == "401 unauthorized")
        #expect(try await api.send(.GET, "/boards/secret", as: .player).status == 200)
    }

    @Test("While a store is away, nothing is known and nothing changes")
    func away() async throws {
        let api = try await Self.api()
        api.stores.change { $0.isAway = true }
        for (method, uri, body) in [
            (.PUT, "/boards/new", "{}"), (.PATCH, "/boards/b", "{}"), (.DELETE, "/boards/free", ""),
            (.POST, "/boards/b/reset", ""), (.DELETE, "/boards/b/users/u1", ""), (.GET, "/boards/b/periods", ""),
        ] as [(HTTPMethod, String, String)] {
            #expect(try await api.send(method, uri, body, as: .admin).outcome == "503 unavailable", "\(uri)")
        }
        #expect(try await api.send(.GET, "/boards/b").status == 200)
    }

    @Test(
        "An action is checked against its boards when it is put",
        arguments: [
            (#"{"points":1,"boards":["b","c"]}"#, "200"), (#"{"points":1,"boards":["b","free"]}"#, "400 invalid_input"),
            (#"{"points":-1,"boards":["b"]}"#, "200"), (#"{"points":-1,"boards":["b","c"]}"#, "400 invalid_input"),
            (#"{"submits_score":true,"min_score":-9,"max_score":-1,"boards":["c"]}"#, "400 invalid_input"),
            (#"{"submits_score":true,"max_score":-1,"boards":["c"]}"#, "400 invalid_input"),
            (#"{"submits_score":true,"max_score":1,"boards":["c"]}"#, "200"),
            (#"{"points":1,"boards":[]}"#, "400 invalid_input"),
        ])
    func actions(_ body: String, _ expected: String) async throws {
        #expect(try await Self.api().send(.PUT, "/actions/kill", body, as: .admin).outcome == expected)
    }
}
