using System.Globalization;
using Darkroom.Jobs.Batches;
using Darkroom.Jobs.Deadlines;
using Darkroom.Storage.Postgres;
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

    [Theory]
    [InlineData("22:00", "06:00", "2026-10-24 12:00+00")]
    [InlineData("22:00", "02:30", "2026-10-24 12:00+00")]
    [InlineData("02:30", "06:00", "2026-10-24 12:00+00")]
    [InlineData("22:00", "02:30", "2026-03-28 12:00+00")]
    [InlineData("02:30", "12:00", "2026-03-28 12:00+00")]
    [InlineData("08:00", "17:00", "2026-11-22 12:00+00")]
    public async Task OpenHours_OfForecasts_AgreeWithTheDatabaseMinuteByMinute(string from, string to, string day)
    {
        var hours = OpenHours.Of(new BatchHours(TimeOnly.Parse(from, CultureInfo.InvariantCulture), TimeOnly.Parse(to, CultureInfo.InvariantCulture), "Europe/Berlin")).ShouldNotBeNull();
        await using var command = Source.CreateCommand(
            """
            select at, batch_opens_in($1::text::time, $2::text::time, 'Europe/Berlin', at) = 0
            from generate_series($3::text::timestamptz, $3::text::timestamptz + interval '1 day', interval '1 minute') at
            """).With(from).With(to).With(day);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var (start, open) = (default(DateTimeOffset?), 0);
        DateTimeOffset at = default;
        while (await reader.ReadAsync(Cancel))
        {
            at = reader.GetFieldValue<DateTimeOffset>(0);
            // Each minute is open or not as a whole, so that the open ones so far are what Between says.
            hours.Between(start ??= at, at).ShouldBe(TimeSpan.FromMinutes(open), $"{at:u}");
            hours.AreOpen(at).ShouldBe(reader.GetBoolean(1), $"{at:u}");
            if (reader.GetBoolean(1)) open++;
        }

        (at - start).ShouldBe(TimeSpan.FromDays(1));
        open.ShouldBeInRange(1, 1440);
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
