using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;

namespace Darkroom.Storage.Images;

/// <summary>Stops start-up on a bad section <c>Storage</c>, with the key and the reason. Never repeats the connection string.</summary>
internal sealed partial class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    private static readonly TimeSpan MaxPatience = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var problems = new List<string>();
        if (options.Path is { Length: > 0 } path)
        {
            if (string.IsNullOrWhiteSpace(path)) problems.Add("Storage:Path is blank; leave it out for the default, or name a folder.");
            else if (path.IndexOfAny(System.IO.Path.GetInvalidPathChars()) >= 0) problems.Add("Storage:Path has a character that no path can have.");
            else if (File.Exists(path)) problems.Add($"Storage:Path is '{path}', which is a file; it has to be a folder.");
        }

        if (options.Azure.ConnectionString is { Length: > 0 } connectionString && !IsConnectionString(connectionString))
            problems.Add("Storage:Azure:ConnectionString is no connection string of a storage account (its text isn't shown here: it may hold a key).");
        if (!ContainerName().IsMatch(options.Azure.Container))
        {
            problems.Add($"Storage:Azure:Container is '{options.Azure.Container}'; "
                + "it has to be 3 to 63 lower-case letters, digits and single hyphens, with a letter or digit at both ends.");
        }

        if (options.Azure.Patience < TimeSpan.Zero || options.Azure.Patience > MaxPatience)
            problems.Add($"Storage:Azure:Patience is '{options.Azure.Patience:c}'; it has to be from {TimeSpan.Zero:c} to {MaxPatience:c}.");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            return new BlobServiceClient(text).Uri is not null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    // "Naming and Referencing Containers, Blobs, and Metadata", Azure Blob Storage's reference.
    [GeneratedRegex(@"\A(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ContainerName();
}
