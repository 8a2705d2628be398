using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>
/// A shared access signature in a file. Before each request it is seen whether the file has changed, so that whoever renews signatures needn't restart workers.
/// </summary>
internal sealed class SasTokenFile : HttpPipelineSynchronousPolicy
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private DateTime _writtenAt;

    /// <summary>Reads the file.</summary>
    /// <exception cref="ImageStoreException">It can't be read.</exception>
    public SasTokenFile(string path)
    {
        _path = path;
        _writtenAt = WrittenAt();
        Credential = new AzureSasCredential(Read());
    }

    /// <summary>What requests are signed with.</summary>
    public AzureSasCredential Credential { get; }

    public override void OnSendingRequest(HttpMessage message)
    {
        var writtenAt = WrittenAt();
        lock (_gate)
        {
            if (writtenAt == _writtenAt) return;
            Credential.Update(Read());
            _writtenAt = writtenAt;
        }
    }

    // The year 1601 when it isn't there.
    private DateTime WrittenAt() => File.GetLastWriteTimeUtc(_path);

    private string Read()
    {
        try
        {
            var text = File.ReadAllText(_path).Trim().TrimStart('?');
            return text.Length > 0 ? text : throw new ImageStoreException($"The file of the store's signature, {_path}, is empty.");
        }
        catch (Exception e) when (FileTree.IsRefusal(e))
        {
            throw new ImageStoreException($"The file of the store's signature can't be read: {e.Message}", e);
        }
    }
}
