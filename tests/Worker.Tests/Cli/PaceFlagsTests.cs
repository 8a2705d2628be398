using System.CommandLine;
using Darkroom.Jobs.Throttling;
using Darkroom.Worker.Cli;

namespace Darkroom.Worker.Tests.Cli;

public sealed class PaceFlagsTests
{
    private readonly PaceFlags _flags = new();
    private readonly Command _command = new("run");

    public PaceFlagsTests() => _flags.AddTo(_command);

    [Fact]
    public void Caps_NoFlag_AreNone()
    {
        _flags.Caps(_command.Parse("")).ShouldBeNull();
        _flags.Hours(_command.Parse("")).ShouldBeNull();
    }

    [Theory]
    [InlineData("--max-rate 20", 20.0, null)]
    [InlineData("--max-rate 0.5", 0.5, null)]
    [InlineData("--max-in-flight 4", null, 4)]
    [InlineData("--max-rate 1000.25 --max-in-flight 1", 1000.25, 1)]
    public void Caps_Flags_AreTheBatchsOwnLimits(string line, double? rate, int? inFlight)
    {
        var parsed = _command.Parse(line);
        parsed.Errors.ShouldBeEmpty();
        _flags.Caps(parsed).ShouldBe(new BatchCaps(rate, inFlight));
    }

    [Theory]
    [InlineData("--window 22:00-06:00 --window-zone Europe/Berlin", "22:00", "06:00", "Europe/Berlin")]
    [InlineData("--window 00:00-23:59 --window-zone UTC", "00:00", "23:59", "UTC")]
    [InlineData("--window 08:30-17:00 --window-zone America/New_York", "08:30", "17:00", "America/New_York")]
    public void Hours_Window_IsReadInItsZone(string line, string from, string to, string zone)
    {
        var parsed = _command.Parse(line);
        parsed.Errors.ShouldBeEmpty();
        var hours = _flags.Hours(parsed).ShouldNotBeNull();
        (hours.From, hours.To).ShouldBe((TimeOnly.Parse(from), TimeOnly.Parse(to)));
        TimeZoneInfo.FindSystemTimeZoneById(hours.Zone).HasSameRules(TimeZoneInfo.FindSystemTimeZoneById(zone)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("--max-rate 0", "--max-rate must be a number of images a minute, such as 60 or 0.5, not '0'.")]
    [InlineData("--max-rate -5", "--max-rate must be a number of images a minute, such as 60 or 0.5, not '-5'.")]
    [InlineData("--max-rate 1,5", "--max-rate must be a number of images a minute, such as 60 or 0.5, not '1,5'.")]
    [InlineData("--max-rate NaN", "--max-rate must be a number of images a minute, such as 60 or 0.5, not 'NaN'.")]
    [InlineData("--max-rate 10000001", "--max-rate must be a number of images a minute, such as 60 or 0.5, not '10000001'.")]
    [InlineData("--max-in-flight 0", "--max-in-flight must be a whole number from 1 to 100000, not '0'.")]
    [InlineData("--max-in-flight 100001", "--max-in-flight must be a whole number from 1 to 100000, not '100001'.")]
    [InlineData("--window 22:00", "--window takes two different times of day, such as 22:00-06:00, not '22:00'.")]
    [InlineData("--window 22:00-22:00", "--window takes two different times of day, such as 22:00-06:00, not '22:00-22:00'.")]
    [InlineData("--window 22-6", "--window takes two different times of day, such as 22:00-06:00, not '22-6'.")]
    [InlineData("--window 22:00-24:00", "--window takes two different times of day, such as 22:00-06:00, not '22:00-24:00'.")]
    [InlineData("--window 22:00-06:00 --window-zone Berlin", "--window-zone takes a time zone's IANA name, such as Europe/Berlin, not 'Berlin'.")]
    public void Flags_OutOfRange_AreRefusedWithValueAndReason(string line, string error) => _command.Parse(line).Errors.Select(problem => problem.Message).ShouldContain(error);
}
