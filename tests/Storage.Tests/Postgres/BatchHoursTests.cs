using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

public sealed class BatchHoursTests(DatabaseFixture fixture) : SharedDatabaseTest(fixture)
{
    [Theory]
    [InlineData("22:00", "06:00", "UTC", "2026-11-22 21:59:59+00", 1, 28_801)]
    [InlineData("22:00", "06:00", "UTC", "2026-11-22 22:00:00+00", 0, 28_800)]
    [InlineData("22:00", "06:00", "UTC", "2026-11-23 05:59:59+00", 0, 1)]
    [InlineData("22:00", "06:00", "UTC", "2026-11-23 06:00:00+00", 57_600, 86_400)]
    [InlineData("08:00", "17:00", "UTC", "2026-11-22 12:00:00+00", 0, 18_000)]
    [InlineData("22:00", "06:00", "Europe/Berlin", "2026-11-22 21:00:00+00", 0, 28_800)]
    // The clocks go back an hour in this night, so it has nine; and forward in that one.
    [InlineData("22:00", "06:00", "Europe/Berlin", "2026-10-24 20:00:00+00", 0, 32_400)]
    [InlineData("22:00", "06:00", "Europe/Berlin", "2026-03-28 21:00:00+00", 0, 25_200)]
    public async Task OpensAndClosesIn_Hours_GoByTheClockOfTheirZone(string from, string to, string zone, string at, double opens, double closes)
    {
        (await ScalarAsync<double>("select batch_opens_in($1::text::time, $2::text::time, $3, $4::text::timestamptz)", from, to, zone, at)).ShouldBe(opens);
        (await ScalarAsync<double>("select batch_closes_in($1::text::time, $2::text::time, $3, $4::text::timestamptz)", from, to, zone, at)).ShouldBe(closes);
    }

    [Fact]
    public async Task BeginAttemptsAsync_HoursAreOverMeanwhile_BeginsOnlyWhatMayStart()
    {
        var process = await RegisterAsync();
        var (closed, open) = (await ImportAsync(2), await ImportAsync(1));
        var items = (await ClaimAsync(process, closed)).Concat(await ClaimAsync(process, open)).ToList();
        await ExecuteAsync(
            """
            update batch set window_zone = 'UTC', window_from = (now() at time zone 'UTC' + interval '6 hours')::time, window_to = (now() at time zone 'UTC' + interval '7 hours')::time
            where id = $1
            """,
            closed);

        var attempts = await Items.BeginAttemptsAsync(process, items, Cancel);

        attempts.Select(attempt => attempt is not null).ShouldBe([false, false, true]);
        (await StatesAsync(closed)).ShouldBe("pending pending");
        (await Items.BeginAttemptsAsync(process, items.GetRange(0, 2), Cancel)).ShouldBe([null, null]);
    }
}
