import Node
import NodeTestSupport
import Settings
import Testing

@Suite("The settings of mail")
struct MailSettingsTests {
    @Test("log: prints tokens, so only development allows it")
    func printed() async throws {
        let log = ["SCORECAST_MAIL_URL": "log:"]
        for environment in [[:], ["SCORECAST_ENVIRONMENT": "production"]] {
            let found = await problems(log.merging(environment) { $1 })
            #expect(found.map(\.key) == ["SCORECAST_MAIL_URL"])
            #expect(found.first?.reason.contains("SCORECAST_ENVIRONMENT=development") == true)
        }
        let configuration = try await NodeConfiguration.load(
            .node, environment: log.merging(["SCORECAST_ENVIRONMENT": "development"]) { $1 })
        #expect(configuration[MailSettings.self].url?.reveal() == "log:")
    }

    @Test("a mail server needs a sender, and its password is shown nowhere")
    func sender() async throws {
        let server = ["SCORECAST_MAIL_URL": "smtps://game:mail-sesame@mail.example.com"]
        #expect(await problems(server).map(\.key) == ["SCORECAST_MAIL_FROM"])
        let configuration = try await NodeConfiguration.load(
            .node, environment: server.merging(["SCORECAST_MAIL_FROM": "a@b.example"]) { $1 })
        #expect(!configuration.describe().contains("sesame"))
        let wrong = await problems(["SCORECAST_MAIL_URL": "smtps://game:mail-sesame@mail.example.com/x?sesame"])
        #expect(!ConfigurationError(problems: wrong).description.contains("sesame"))
    }
}
