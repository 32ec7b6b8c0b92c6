import HTTPTypes
import Signing
import StrictJSON
import Testing

/// `/task-points` and `/job-points`.
struct RateRoutesTests {
    @Test("Administrators write, read, list and delete rates", arguments: ["task-points/type", "job-points/job"])
    func rates(_ pair: String) async throws {
        let parts = pair.split(separator: "/").map(String.init)
        let (path, member) = ("/" + parts[0], parts[1])
        try await withTasks { house in
            let body = #"{"points":5,"coins":2,"max_per_user_per_day":3}"#
            let made = try await house.send(.put, "\(path)/walk", body, as: "root", .admin)
            #expect(made.status == 201)
            #expect(made.body == #"{"\#(member)":"walk","points":5,"coins":2,"max_per_user_per_day":3}"#)
            let again = try await house.send(.put, "\(path)/walk", #"{"coins":1}"#, as: "root", .admin)
            #expect(again.status == 200)
            #expect(again.body == #"{"\#(member)":"walk","points":0,"coins":1,"max_per_user_per_day":null}"#)
            #expect(try await house.send(.get, "\(path)/walk", as: "root", .admin).body == again.body)
            _ = try await house.send(.put, "\(path)/Zoo", "{}", as: "root", .admin)
            let things = String(path.dropFirst()).replacing("-", with: "_")
            let list = try await house.send(.get, "\(path)?limit=1", as: "root", .admin)
            #expect(list.json[things]?.array?.map { $0[member]?.string } == ["Zoo"])
            let next = try #require(list.json["next"]?.string)
            let rest = try await house.send(.get, "\(path)?cursor=\(next)", as: "root", .admin)
            #expect(rest.json[things]?.array?.map { $0[member]?.string } == ["walk"])
            #expect(try await house.send(.delete, "\(path)/walk", as: "root", .admin).status == 204)
            #expect(try await house.send(.delete, "\(path)/walk", as: "root", .admin).outcome == "404 not_found")
            #expect(try await house.send(.get, "\(path)/walk", as: "root", .admin).outcome == "404 not_found")
            #expect(try await house.send(.get, path).outcome == "403 forbidden")
            #expect(try await house.send(.put, "\(path)/x", "{}", as: "s", .service).outcome == "403 forbidden")
            for (body, field) in [
                (#"{"points":-1}"#, "points"), (#"{"coins":1000000001}"#, "coins"), (#"{"points":1.5}"#, "points"),
                (#"{"max_per_user_per_day":0}"#, "max_per_user_per_day"), (#"{"x":0}"#, "x"),
            ] {
                let refused = try await house.send(.put, "\(path)/x", body, as: "root", .admin)
                #expect(refused.outcome == "400 invalid_input" && refused.fieldsAtFault == [field])
            }
            #expect(try await house.column("SELECT 1 FROM \(things.replacing("_", with: ""))").count == 1)
        }
    }

    @Test("A job has the form of profiles: decoded, trimmed and composed")
    func jobs() async throws {
        try await withTasks { house in
            // "é" in two code points.
            let made = try await house.send(.put, "/job-points/%20caf%65%CC%81%20", "{}", as: "root", .admin)
            #expect(made.json["job"]?.string?.utf8.elementsEqual("caf\u{e9}".utf8) == true)
            #expect(try await house.send(.put, "/job-points/%00", "{}", as: "root", .admin).fieldsAtFault == ["job"])
            #expect(
                try await house.send(.put, "/task-points/a%20b", "{}", as: "root", .admin).fieldsAtFault == ["type"])
        }
    }
}
