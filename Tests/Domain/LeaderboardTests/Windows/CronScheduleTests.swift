import Leaderboard
import Testing

@Suite("Cron expressions")
struct CronScheduleTests {
    @Test(
        "An expression that crontab(5) does not know, or that never fires, is refused",
        arguments: [
            "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 * ",
            "* * * 0 *",
            "* * * * 8", "a * * * *", "1- * * * *", "-1 * * * *", "5-1 * * * *", "*/0 * * * *", "5/10 * * * *",
            "1,,2 * * * *",
            ", * * * *", "*/ * * * *", "1-2-3 * * * *", "1/2/3 * * * *", "* * * foo *", "* * mon * *", "+1 * * * *",
            "１ * * * *",
            "0 0 31 2 *", "0 0 30 feb */2", "0 0 31 4,6,9,11 *", "@daily",
            String(repeating: "1,", count: 256) + "1 * * * *",
        ])
    func refused(text: String) {
        #expect(throws: CronError.self) { try CronSchedule(text) }
    }

    @Test(
        "An expression that crontab(5) knows is taken",
        arguments: [
            "* * * * *", "0 22 * * *", "*/15 8-18/2 1,15 JAN-mar mon-fri", "0 0 * * 7", "0 0 * * fri-sun",
            "0 0 31 2 mon", "0\t0  29 2 *",
            "59 23 31 12 sat", "0 0 1-7 * 1", "*,5 * * * *", "*/90 * * * *",
        ])
    func taken(text: String) throws {
        _ = try CronSchedule(text)
    }
}
