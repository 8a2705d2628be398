using Darkroom.Jobs.Manifests;
using Microsoft.Extensions.Options;

namespace Darkroom.Storage.Images;

/// <summary>Stops start-up on a bad section <c>Storage</c>, with the key and the reason. Never repeats a secret.</summary>
internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
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

        if (options.NameTemplate is { Length: > 0 } template && OutputTemplate.FaultOf(template) is { } fault) problems.Add($"Storage:NameTemplate {fault}");
        problems.AddRange(AzureStorageOptionsCheck.FindProblems(options.Azure));
        if (options.KeptBytes < 0) problems.Add($"Storage:KeptBytes is {options.KeptBytes}; it has to be 0 or more.");
        if (options.Patience < TimeSpan.Zero || options.Patience > MaxPatience)
            problems.Add($"Storage:Patience is '{options.Patience:c}'; it has to be from {TimeSpan.Zero:c} to {MaxPatience:c}.");
        if (options.Azure.Patience < TimeSpan.Zero || options.Azure.Patience > MaxPatience)
            problems.Add($"Storage:Azure:Patience is '{options.Azure.Patience:c}'; it has to be from {TimeSpan.Zero:c} to {MaxPatience:c}.");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
