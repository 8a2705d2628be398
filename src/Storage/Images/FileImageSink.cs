using Darkroom.Jobs.Outputs;

namespace Darkroom.Storage.Images;

/// <summary>Writes an attempt's images under names of their own, then claims the place and renames them into it.</summary>
internal sealed class FileImageSink(FileTree tree, AttemptPlace place, bool keepPartials) : ImageSink<FileImageStream>(place, keepPartials)
{
    protected override FileImageStream Create(int index, Func<string?, string> pathOf) => FileTree.Guard(pathOf(null), () =>
    {
        var name = tree.NewUnfinished();
        return new FileImageStream(tree, index, pathOf, name, tree.Create(name));
    });

    protected override Task SetAsideAsync(FileImageStream image, string path, CancellationToken cancellationToken) =>
        tree.RunFlushingAsync(() => FileTree.Guard(path, () =>
        {
            image.Finish();
            // What is there already is an earlier try's.
            return image.TryMove(path);
        }), cancellationToken);

    protected override Task StorePartialsAsync(OutputMetadata metadata, IReadOnlyList<FileImageStream> partials, CancellationToken cancellationToken) =>
        tree.RunFlushingAsync(() => FileTree.Guard(partials[0].ImagePath, () =>
        {
            foreach (var partial in partials)
            {
                partial.Describe();
                partial.Finish();
            }

            return partials.Count(partial => partial.TryMove(partial.ImagePath));
        }), cancellationToken);

    protected override Task<IReadOnlyList<StoredImage>> StoreAsync(OutputMetadata metadata, IReadOnlyList<FileImageStream> images, CancellationToken cancellationToken)
    {
        var written = images.Select(image => image.Describe()).ToArray();
        var first = written[0].Path;
        return tree.RunFlushingAsync(() => FileTree.Guard(first, () =>
        {
            foreach (var image in images) image.Finish();
            var record = new FileRecord(metadata.AttemptId, metadata.RequestId, metadata.UsageJson, written) { EditKey = metadata.EditKey, SourceVersion = metadata.SourceVersion };
            var claim = TryClaim(first, record) ? record : EarlierClaim(first, record.AttemptId);
            Fill(claim, record, images);
            return claim.Images;
        }), cancellationToken);
    }

    private bool TryClaim(string first, FileRecord record)
    {
        var name = tree.NewUnfinished();
        var claimed = false;
        try
        {
            using (var handle = tree.Create(name))
            {
                RandomAccess.Write(handle, record.ToBytes(), 0);
                if (tree.Durable) RandomAccess.FlushToDisk(handle);
            }

            claimed = tree.TryMove(name, tree.RecordAt(first));
        }
        finally
        {
            if (!claimed) tree.Abandon(name);
        }

        tree.FlushFolderOf(tree.RecordAt(first));
        return claimed;
    }

    // The claim was there: an earlier try of this attempt got as far as that, or the place is another's.
    private FileRecord EarlierClaim(string first, long attemptId)
    {
        var claim = FileRecord.Read(tree.RecordAt(first));
        return claim?.AttemptId == attemptId ? claim : throw Taken(first, claim?.AttemptId);
    }

    // An image in its place counts if it is the one claimed: an earlier try moved it, or another that is at it right now.
    private void Fill(FileRecord claim, FileRecord mine, IReadOnlyList<FileImageStream> images)
    {
        for (var index = claim.Images.Count - 1; index >= 0; index--)
        {
            var image = claim.Images[index];
            var moved = index < images.Count && mine.Images[index] == image && images[index].TryMove(image.Path);
            if (!moved && !FileRecord.Holds(tree.ImageAt(image.Path), image))
                throw new ImageStoreException($"{image.Path} isn't there or is something else than what attempt {claim.AttemptId} claims to have stored.") { IsFinal = true };
        }

        tree.FlushFolderOf(tree.ImageAt(claim.Images[0].Path));
    }
}
