import Node
import NodeTestSupport
import Settings
import Testing

@Suite("Each setting's definition")
struct SettingDefinitionTests {
    private static let all = SettingCatalogue.node.definitions

    /// Other settings that have to change for a bound to be right, since the two depend on each other.
    private static let companions = [
        "SCORECAST_GATEWAY_PING": ["SCORECAST_GATEWAY_SILENCE": "2m"],
        "SCORECAST_GATEWAY_SILENCE": ["SCORECAST_GATEWAY_PING": "1s"],
        "SCORECAST_MAIL_URL": ["SCORECAST_MAIL_FROM": "a@b.example"],
    ]

    private static func environment(_ definition: SettingDefinition, _ text: String) -> [String: String] {
        (companions[definition.name] ?? [:]).merging([definition.name: text]) { $1 }
    }

    @Test("no two settings share a name, also not with the file of a secret")
    func names() {
        let names = Self.all.flatMap { [$0.name] + ($0.fileName.map { [$0] } ?? []) }
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.hasPrefix("SCORECAST_") })
    }

    @Test("it is described in sentences, and says what happens without a value", arguments: all)
    func description(_ definition: SettingDefinition) {
        #expect(definition.description.hasSuffix(".") && !definition.description.contains("|"))
        #expect(!definition.values.isEmpty && !definition.values.contains("|"))
        let hasDefault = definition.render(NodeConfiguration(catalogue: .node)) != nil
        switch definition.absence {
        case .uses(let other): #expect(!other.isEmpty)
        case .means(let meaning):
            #expect(!meaning.isEmpty && (hasDefault || meaning == "none" || meaning.contains(" ")))
        }
    }

    @Test("the defaults fit their bounds and each other")
    func defaults() throws {
        #expect(NodeConfiguration(catalogue: .node).validate(for: []).isEmpty)
        for definition in Self.all {
            var configuration = NodeConfiguration(catalogue: .node)
            guard let text = definition.render(configuration) else { continue }
            try definition.apply(text, &configuration)
            #expect(definition.render(configuration) == text, "\(definition.name): what is listed can be written")
        }
    }

    @Test("values at the bounds are taken", arguments: all)
    func accepted(_ definition: SettingDefinition) async throws {
        #expect(!definition.edges.accepted.isEmpty)
        for text in definition.edges.accepted {
            let environment = Self.environment(definition, text)
            let configuration = try await NodeConfiguration.load(.node, environment: environment)
            #expect(configuration.effective(definition.name)?.origin.source == .environment, "\(text)")
        }
    }

    @Test("values beyond the bounds are refused, with the setting's name", arguments: all)
    func refused(_ definition: SettingDefinition) async {
        #expect(!definition.edges.refused.isEmpty)
        for text in definition.edges.refused {
            let found = await problems(Self.environment(definition, text))
            #expect(found.map(\.key) == [definition.name], "\(text)")
            #expect(found.first?.example == definition.example)
        }
    }

    @Test("examples are right, unless they say how to make a secret", arguments: all)
    func example(_ definition: SettingDefinition) async throws {
        guard !definition.example.contains("prints") else { return }
        let environment = Self.environment(definition, definition.example)
        _ = try await NodeConfiguration.load(.node, environment: environment)
    }

    @Test("an empty variable counts as not set", arguments: all)
    func empty(_ definition: SettingDefinition) async throws {
        let untouched = NodeConfiguration(catalogue: .node).effectiveSettings
        for name in [definition.name, definition.fileName].compactMap({ $0 }) {
            let configuration = try await NodeConfiguration.load(.node, environment: [name: ""])
            #expect(configuration.effectiveSettings == untouched, "\(name)")
        }
    }

    @Test("an empty variable leaves a command's default in force, one that is set replaces it", arguments: all)
    func emptyOverDefault(_ definition: SettingDefinition) {
        let names = [definition.name, definition.fileName].compactMap { $0 }
        let defaults = [definition.name: "default"]
        let empty = Dictionary(uniqueKeysWithValues: names.map { ($0, "") })
        #expect(EnvironmentVariables.set(in: empty, over: defaults) == defaults)
        for name in names {
            let set = empty.merging([name: "set"]) { $1 }
            #expect(EnvironmentVariables.set(in: set, over: defaults) == [name: "set"])
        }
    }

    @Test("an empty variable is not reported, however it is named")
    func emptyUnknown() async throws {
        _ = try await NodeConfiguration.load(
            .node, environment: ["SCORECAST_HTTP_PROT": "", "SCORECAST_CONFIG": ""])
    }
}

extension SettingDefinition: CustomTestStringConvertible {
    /// The variable.
    public var testDescription: String { name }
}
