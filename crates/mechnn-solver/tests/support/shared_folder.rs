//! The folder of reference vectors that lies beside the workspace and is not part of it.

use std::env;
use std::path::{Path, PathBuf};

/// `$MECHNN_SHARED`, else `<workspace root>/../shared`. Without it the tests of reference vectors are skipped, unless
/// `MECHNN_REQUIRE_SHARED=1` says that it must be there.
pub(crate) fn shared_folder(subfolder: &str) -> Option<PathBuf> {
    let beside_workspace = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = env::var_os("MECHNN_SHARED").map_or_else(beside_workspace, PathBuf::from).join(subfolder);
    if folder.is_dir() {
        return Some(folder);
    }
    let is_required = env::var("MECHNN_REQUIRE_SHARED").is_ok_and(|value| value == "1");
    assert!(!is_required, "no folder {} though MECHNN_REQUIRE_SHARED=1", folder.display());
    println!("skipped: no folder {}", folder.display());
    None
}
