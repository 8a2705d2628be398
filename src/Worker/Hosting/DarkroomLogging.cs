using Darkroom.Worker.Access;
using Darkroom.Worker.Configuration;
using Darkroom.Worker.Machine;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Hosting;

/// <summary>How logs are written: to stderr, since stdout is for results. <c>Logging</c> settings are .NET's own.</summary>
internal static class DarkroomLogging
{
    /// <summary>Configures logging.</summary>
    public static void Configure(ILoggingBuilder logging, IConfiguration configuration, CommandSurroundings surroundings, LogLevel least)
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
            console.ColorBehavior = surroundings.IsErrorTerminal ? LoggerColorBehavior.Default : LoggerColorBehavior.Disabled;
        });
        RedactingFormatter.Wrap(logging.Services, KnownSecrets.CreateRedactor(configuration), surroundings.IsErrorTerminal);
        // Of .NET's console only the forms and their settings are used.
        foreach (var own in logging.Services.Where(service => service.ImplementationType == typeof(ConsoleLoggerProvider)).ToList()) logging.Services.Remove(own);
        logging.Services.AddSingleton<ILoggerProvider>(provider =>
            new ErrorLogProvider(surroundings.Error, provider.GetServices<ConsoleFormatter>(), provider.GetRequiredService<IOptions<ConsoleLoggerOptions>>()));
        logging.Services.Configure<ConsoleLoggerOptions>(options =>
        {
            // Adding the simple form chose it; what the configuration names goes before.
            if (configuration["Logging:Console:FormatterName"] is { Length: > 0 } name) options.FormatterName = name;
        });
    }
}
