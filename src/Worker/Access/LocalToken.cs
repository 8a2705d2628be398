using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Darkroom.Jobs.Scratch;
using Darkroom.Worker.Machine;

namespace Darkroom.Worker.Access;

/// <summary>
/// Lets the user of this machine in while there are no access keys: a secret in <c>.darkroom/token</c>, mode 0600, made at the first start. Whoever can read the file may use
/// the worker. An address proves nothing: other users of the machine, and proxies on it, have the same one.
/// </summary>
/// <param name="home">The folder <c>.darkroom</c>.</param>
internal sealed class LocalToken(string home)
{
    /// <summary>The file with the token. The command line reads it, too.</summary>
    public const string FileName = "token";

    /// <summary>The parameter of the link that a worker prints.</summary>
    public const string Parameter = "token";

    private const string Prefix = "dt_";
    private const int SecretBytes = 32;
    private const int Length = 46;

    private readonly Lock _gate = new();
    private string? _text;

    /// <summary>Where the token is kept.</summary>
    public string File { get; } = Path.Combine(home, FileName);

    /// <summary>The token. It is made when there is none.</summary>
    /// <exception cref="MachineException">The file belongs to somebody else, isn't a token, or can't be made.</exception>
    public string Text
    {
        get
        {
            lock (_gate) return _text ??= ReadFrom(home) ?? Make();
        }
    }

    /// <summary>Whether this process made the token. If so, sessions that were begun with an earlier token must end.</summary>
    public bool IsNew { get; private set; }

    /// <summary>Whether a text is this token, compared in constant time.</summary>
    public bool Matches(string? sent) =>
        LooksLikeOne(sent) && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent!), Encoding.UTF8.GetBytes(Text));

    /// <summary>Whether a text has the form of a token.</summary>
    public static bool LooksLikeOne(string? text) => text?.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The token of a worker's folder, or null when there is none.</summary>
    /// <param name="home">The folder <c>.darkroom</c>.</param>
    /// <exception cref="MachineException">The file isn't this user's own, others can read it, or it holds something else.</exception>
    public static string? ReadFrom(string home)
    {
        var file = Path.Combine(home, FileName);
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                if (FileFacts.Of(file) is not { } facts) return null;
                if (!facts.IsFile || facts.Owner != FileFacts.Self) throw new MachineException($"{file} isn't this user's own file. Remove it; a worker makes a new one.");
                if ((facts.Rights & ~PrivateFiles.FileRights) != UnixFileMode.None) throw new MachineException($"Other users can read {file}. Remove it; a worker makes a new one.");
            }
            else if (!System.IO.File.Exists(file))
            {
                return null;
            }

            var text = System.IO.File.ReadAllText(file).Trim();
            return LooksLikeOne(text) ? text : throw new MachineException($"{file} doesn't hold a token. Remove it; a worker makes a new one.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MachineException($"{file} can't be read: {exception.Message}");
        }
    }

    // The file gets its name once it is whole. If another worker was faster, that fails, and the other worker's token holds.
    private string Make()
    {
        OwnFolder.Prepare(home);
        var text = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var draft = $"{File}.{Guid.NewGuid():N}";
        try
        {
            using (var file = new FileStream(draft, PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.None)))
                file.Write(Encoding.ASCII.GetBytes(text + "\n"));
            System.IO.File.Move(draft, File, overwrite: false);
            IsNew = true;
            return text;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            System.IO.File.Delete(draft);
            return ReadFrom(home) ?? throw new MachineException($"{File} can't be made: {exception.Message}");
        }
    }
}
