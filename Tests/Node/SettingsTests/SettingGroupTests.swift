import Settings
import Testing

@Suite("The settings of a module")
struct SettingGroupTests {
    /// Settings as a module would have them.
    private struct ExampleSettings: SettingGroup {
        var tables = 3
        var pause: Duration = .seconds(2)

        static let definitions = [
            setting("SCORECAST_EXAMPLE_TABLES", \.tables, .integer(1...9), example: "3", "Tables at once."),
            setting(
                "SCORECAST_EXAMPLE_PAUSE", \.pause, .duration(.zero ... .seconds(60)), example: "2s",
                "Between two games."),
        ]

        var conflicts: [SettingConflict] {
            tables > 5 && pause == .zero ? [SettingConflict("SCORECAST_EXAMPLE_PAUSE", "is too short")] : []
        }
    }

    private static let catalogue = SettingCatalogue.common.adding("example", ExampleSettings.self)

    private static func load(_ environment: [String: String]) async throws(ConfigurationError) -> NodeConfiguration {
        try await NodeConfiguration.load(catalogue, environment: environment)
    }

    @Test("they are read, listed and have defaults like all others, next to those of other modules")
    func reading() async throws {
        let configuration = try await Self.load(["SCORECAST_EXAMPLE_TABLES": "4", "SCORECAST_HTTP_PORT": "81"])
        #expect(configuration[ExampleSettings.self].tables == 4)
        #expect(configuration[ExampleSettings.self].pause == .seconds(2) && configuration.httpPort == 81)
        let listed = configuration.effectiveSettings.suffix(2)
        #expect(listed.map(\.value) == ["4", "2s"])
        #expect(listed.map(\.origin.source) == [.environment, .default])
    }

    @Test("wrong values, misspelt names and values that do not fit are reported")
    func problems() async {
        let error = await #expect(throws: ConfigurationError.self) {
            try await Self.load(["SCORECAST_EXAMPLE_TABLES": "10", "SCORECAST_EXAMPLE_PAUS": "1s"])
        }
        #expect(error?.problems.map(\.key) == ["SCORECAST_EXAMPLE_TABLES", "SCORECAST_EXAMPLE_PAUS"])
        #expect(error?.problems.last?.reason.contains("did you mean SCORECAST_EXAMPLE_PAUSE?") == true)
        let conflict = await #expect(throws: ConfigurationError.self) {
            try await Self.load(["SCORECAST_EXAMPLE_TABLES": "6", "SCORECAST_EXAMPLE_PAUSE": "0"])
        }
        #expect(conflict?.problems.map(\.key) == ["SCORECAST_EXAMPLE_PAUSE"])
    }

    @Test("a node that does not know the module refuses its variables")
    func unknown() async {
        let error = await #expect(throws: ConfigurationError.self) {
            try await NodeConfiguration.load(environment: ["SCORECAST_EXAMPLE_TABLES": "4"])
        }
        #expect(error?.problems.map(\.key) == ["SCORECAST_EXAMPLE_TABLES"])
    }

    @Test("values that the program sets are checked, and read again they stay")
    func programmatic() async throws {
        var configuration = NodeConfiguration(catalogue: Self.catalogue)
        configuration[ExampleSettings.self].tables = 10
        #expect(configuration.validate(for: []).map(\.key) == ["SCORECAST_EXAMPLE_TABLES"])
        let loaded = try await Self.load(["SCORECAST_EXAMPLE_TABLES": "4"]).loadedAgain()
        #expect(loaded[ExampleSettings.self].tables == 4)
    }
}
