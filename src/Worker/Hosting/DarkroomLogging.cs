using Darkroom.Worker.Access;
using Darkroom.Worker.Configuration;
using Microsoft.Extensions.Logging.Console;

namespace Darkroom.Worker.Hosting;

/// <summary>How logs are written: to stderr, since stdout is for results. <c>Logging</c> settings are .NET's own.</summary>
internal static class DarkroomLogging
{
    /// <summary>Configures logging.</summary>
    public static void Configure(ILoggingBuilder logging, IConfiguration configuration, LogLevel least)
    {
        logging.SetMinimumLevel(least);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Npgsql", LogLevel.Warning);
        logging.AddFilter("Hangfire", LogLevel.Warning);
        // It would write a line for every request without a key, which anybody can send.
        logging.AddFilter(typeof(VisitorHandler).FullName, LogLevel.Warning);
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = LoggerColorBehavior.Default;
        });
        RedactingFormatter.Wrap(logging.Services, KnownSecrets.CreateRedactor(configuration));
        logging.Services.Configure<ConsoleLoggerOptions>(options =>
        {
            options.LogToStandardErrorThreshold = LogLevel.Trace;
            // Adding the simple form chose it; what the configuration names goes before.
            if (configuration["Logging:Console:FormatterName"] is { Length: > 0 } name) options.FormatterName = name;
        });
    }
}
