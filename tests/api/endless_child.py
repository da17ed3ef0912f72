"""Child process that never reads its file to the end."""

import time

if __name__ == "__main__":
    time.sleep(600)
